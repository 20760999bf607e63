using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>Values of aggregation queues as the database keeps them.</summary>
internal static class HeldValues
{
    /// <summary>Numbers are kept as integers of this many parts of one.</summary>
    public const int Scale = 10_000;

    private const decimal NumberMax = 100_000_000_000_000m;

    /// <exception cref="InvalidOperationException">It is not of the column's type, or out of bounds.</exception>
    public static void RequireFits(HeldColumn column, HeldValue value)
    {
        if (value.Type is { } type && type != column.Type)
        {
            throw new InvalidOperationException(
                $"The column \"{column.Name}\" holds {Plural(column.Type)}, not {Plural(type)} such as \"{value}\".");
        }

        if (value.Number is { } number && !IsWithinBounds(number))
        {
            throw new InvalidOperationException(
                $"The column \"{column.Name}\" holds numbers between ±100,000,000,000,000 with at most 4 decimals, not "
                + $"{number}.");
        }
    }

    public static void Bind(Statement statement, int index, HeldValue value)
    {
        if (value.Number is { } number)
            statement.Bind(index, (long)(number * Scale));
        else if (value.Instant is { } instant)
            statement.Bind(index, instant.ToMicroseconds());
        else
            statement.Bind(index, value.Text);
    }

    public static HeldValue Read(Statement row, int column, HeldType type) => row.IsNull(column)
        ? HeldValue.None
        : type switch
        {
            HeldType.Text => HeldValue.Of(row.Text(column)),
            HeldType.Number => HeldValue.Of((decimal?)row.Long(column) / Scale),
            HeldType.Instant => HeldValue.Of((DateTimeOffset?)row.Long(column).ToInstant()),
            _ => throw new InvalidOperationException($"No column holds {type}."),
        };

    /// <summary>A value that the database gave, as it keeps it.</summary>
    public static object Stored(HeldValue value) =>
        value.Number is { } number ? (long)(number * Scale)
        : value.Instant is { } instant ? instant.ToMicroseconds()
        : value.Text!;

    public static string Plural(HeldType type) => type switch
    {
        HeldType.Text => "texts",
        HeldType.Number => "numbers",
        _ => "instants",
    };

    private static bool IsWithinBounds(decimal number) =>
        number is >= -NumberMax and <= NumberMax && decimal.Truncate(number * Scale) == number * Scale;
}
