using System.Globalization;
using System.Text;

namespace Waybill.Server.Watching;

/// <summary>Writes samples as Prometheus reads them (text format 0.0.4).</summary>
internal static class PrometheusText
{
    public static void Head(StringBuilder text, string name, string kind, string? says)
    {
        if (!string.IsNullOrEmpty(says))
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {says.ReplaceLineEndings(" ")}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n");
    }

    public static void Sample(StringBuilder text, string name, string labels, double value) => text.Append(
        CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : "{" + labels + "}")} {Number(value)}\n");

    /// <summary>The labels without their braces, in the order of their names.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        KeyValuePair<string, object?>[] sorted = tags.ToArray();
        Array.Sort(sorted, (one, other) => string.CompareOrdinal(one.Key, other.Key));
        StringBuilder text = new();
        foreach ((string name, object? value) in sorted)
        {
            if (text.Length > 0)
                text.Append(',');
            string told = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(Name(name)).Append("=\"")
                .Append(told.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        return text.ToString();
    }

    /// <summary>A name of letters, digits and underscores.</summary>
    public static string Name(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
