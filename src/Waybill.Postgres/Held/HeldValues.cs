using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>
/// Values of columns as the database has them: text by its code points, numbers as whole ten-thousandths, instants.
/// </summary>
internal static class HeldValues
{
    public const int NumberScale = 10_000;

    // Beyond what a column can hold, and far from what its type can.
    private const decimal NumberMax = 200_000_000_000_000m;

    /// <summary>The values of one column.</summary>
    public static NpgsqlParameter Array(HeldType type, IEnumerable<HeldValue> values) => type switch
    {
        HeldType.Text => Arg.OptionalTexts([.. values.Select(value => StorableText.OrNull(value.Text))]),
        HeldType.Number => Arg.Longs([.. values.Select(value => Scaled(value.Number))]),
        _ => Arg.Instants([.. values.Select(value => value.Instant?.UtcDateTime)]),
    };

    /// <summary>
    /// A value to be compared with a column of its type; a number that no column holds becomes the next less.
    /// </summary>
    public static NpgsqlParameter One(HeldValue value) => value switch
    {
        { Text: { } text } => Arg.Text(StorableText.Of(text)),
        { Number: { } number } => Arg.Long((long)decimal.Floor(Clamped(number) * NumberScale)),
        { Instant: { } instant } => Arg.Instant(instant),
        _ => throw new ArgumentException("There is no value.", nameof(value)),
    };

    /// <summary>A sum to be compared with sums of a column.</summary>
    public static NpgsqlParameter Sum(decimal sum) => Arg.Decimal(sum * NumberScale);

    /// <summary>Whether a column can have exactly this number.</summary>
    public static bool IsStorable(decimal number) =>
        Clamped(number) == number && decimal.IsInteger(number * NumberScale);

    public static HeldValue Read(NpgsqlDataReader row, int column, HeldType type)
    {
        if (row.IsDBNull(column))
            return HeldValue.None;
        return type switch
        {
            HeldType.Text => HeldValue.Of(row.GetString(column)),
            // A whole number of the database for one value, an exact decimal one for a sum.
            HeldType.Number => HeldValue.Of(row.GetFieldValue<decimal>(column) / NumberScale),
            _ => HeldValue.Of(row.GetFieldValue<DateTimeOffset>(column)),
        };
    }

    private static long? Scaled(decimal? number) =>
        number is { } given ? (long)decimal.Round(given * NumberScale) : null;

    private static decimal Clamped(decimal number) => Math.Clamp(number, -NumberMax, NumberMax);
}
