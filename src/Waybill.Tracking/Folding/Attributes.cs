using System.Text.Json;

namespace Waybill.Tracking.Folding;

/// <summary>Search attributes as they can be looked for.</summary>
internal static class Attributes
{
    private const int LengthMax = 200;

    /// <summary>
    /// The members of an object with a value: texts as they are, numbers and truth values as JSON writes them; cut to
    /// 200 characters. What is no single value cannot be looked for.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Searchable(string? attributes)
    {
        if (attributes is null)
            yield break;
        using JsonDocument document = JsonDocument.Parse(attributes);
        foreach ((string, string) one in Searchable(document.RootElement))
            yield return one;
    }

    /// <summary>The members of an object with a value, as above.</summary>
    /// <exception cref="InvalidOperationException">It is no object, or a text in it is none.</exception>
    public static IEnumerable<(string Name, string Value)> Searchable(JsonElement attributes)
    {
        foreach (JsonProperty member in attributes.EnumerateObject())
        {
            string? value = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => null,
            };
            if (value is not null)
                yield return (Storable(member.Name), Cut(value));
        }
    }

    /// <summary>The part of a value that is looked for.</summary>
    public static string Cut(string value)
    {
        string storable = Storable(value);
        return storable.Length <= LengthMax ? storable : storable[..LengthMax];
    }

    // PostgreSQL cannot keep the character 0 in a text.
    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
