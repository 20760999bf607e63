using System.Text;

namespace Waybill.Postgres.Connections;

/// <summary>Text that PostgreSQL can keep: it knows neither U+0000 nor halves of surrogate pairs.</summary>
internal static class StorableText
{
    /// <summary>The text, with U+FFFD in place of each character that cannot be kept.</summary>
    public static string Of(string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal) && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        StringBuilder storable = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            storable.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return storable.ToString();
    }

    /// <summary>The same for text that may be missing.</summary>
    public static string? OrNull(string? text) => text is null ? null : Of(text);
}
