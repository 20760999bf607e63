using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>
/// Which types of members can be columns, and as what: texts, enumerations, truth values, UUIDs and dates as text;
/// whole numbers and decimals as numbers; instants as instants. Binary fractions are not exact and have no place.
/// </summary>
internal static class ColumnTypes
{
    private static readonly Type[] Texts = [typeof(string), typeof(bool), typeof(Guid), typeof(DateOnly)];

    private static readonly Type[] Numbers =
    [
        typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long),
        typeof(ulong), typeof(decimal),
    ];

    private static readonly Type[] Instants = [typeof(DateTimeOffset), typeof(DateTime)];

    /// <summary>The type of a column; null when such a member can be none.</summary>
    public static HeldType? Of(Type type) => type switch
    {
        { IsEnum: true } => HeldType.Text,
        _ when Texts.Contains(type) => HeldType.Text,
        _ when Numbers.Contains(type) => HeldType.Number,
        _ when Instants.Contains(type) => HeldType.Instant,
        _ => null,
    };

    /// <summary>A member's value as its column holds it.</summary>
    public static HeldValue ToValue(object? value) => value switch
    {
        null => HeldValue.None,
        string text => HeldValue.Of(text),
        bool truth => HeldValue.Of(truth ? "true" : "false"),
        Enum or Guid => HeldValue.Of(value.ToString()),
        DateOnly date => HeldValue.Of(date.ToString("O", System.Globalization.CultureInfo.InvariantCulture)),
        DateTimeOffset instant => HeldValue.Of(ToMicrosecond(instant)),
        DateTime instant => HeldValue.Of(ToMicrosecond(new DateTimeOffset(instant))),
        _ => HeldValue.Of(Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private static DateTimeOffset ToMicrosecond(DateTimeOffset instant) =>
        instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
}
