using System.Globalization;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Writes a filter of held elements in words, for the journal.</summary>
internal static class HeldFilterText
{
    public static string? Of(HeldFilter filter)
    {
        string text = string.Join(", ", Parts(filter));
        return text.Length == 0 ? null : text;
    }

    private static IEnumerable<string> Parts(HeldFilter filter)
    {
        if (filter.Group is { } group)
            yield return $"group is \"{group}\"";
        if (filter.Ids is { } ids)
            yield return string.Create(CultureInfo.InvariantCulture, $"one of {ids.Count} elements");
        if (filter.HeldBefore is { } before)
            yield return string.Create(CultureInfo.InvariantCulture, $"held before {before.UtcDateTime:O}");
        foreach (HeldCondition condition in filter.Where)
            yield return $"{condition.Column} {Word(condition.Comparison)} {Text(condition.Value)}";
    }

    private static string Text(HeldValue value) => value switch
    {
        { Text: { } text } => $"\"{text}\"",
        { Type: null } => "empty",
        _ => value.ToString(),
    };

    private static string Word(HeldComparison comparison) => comparison switch
    {
        HeldComparison.Equal => "is",
        HeldComparison.NotEqual => "is not",
        HeldComparison.Less => "<",
        HeldComparison.LessOrEqual => "<=",
        HeldComparison.Greater => ">",
        HeldComparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, null),
    };
}
