using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>What is asked of the table of an aggregation queue, as conditions of SQL. The table is called h.</summary>
internal static class HeldQuestions
{
    private const int SplitBits = 32;
    private const long LowMask = (1L << SplitBits) - 1;

    public static HeldQueryException NotDeclared(NodeAddress queue) => new(
        $"{queue} was not declared as an aggregation queue: await {nameof(IHeldStore.DeclareAsync)} first.");

    /// <summary>The conditions of a filter.</summary>
    /// <exception cref="HeldQueryException">A column is not declared, or not of that type.</exception>
    public static Conditions Matching(HeldTable table, HeldFilter filter)
    {
        Conditions conditions = new Conditions()
            .And(filter.Group, "h.group_key = ")
            .And(filter.HeldBefore?.ToMicroseconds(), "h.held_at < ");
        if (filter.Ids is { } ids)
            conditions.And(IsOneOf(ids, conditions));
        foreach (HeldCondition condition in filter.Where)
            conditions.And(Compare(table, condition, conditions));
        return conditions;
    }

    /// <summary>Whether a gate is open for all rows of a group, as a condition on the group.</summary>
    public static string IsOpen(HeldTable table, HeldGate gate, Conditions values)
    {
        List<string> all = [$"COUNT(*) >= {values.Put(gate.MinCount)}"];
        if (gate.SumColumn is { } sum)
            all.Add(IsSumAtLeast(Number(table, sum, "summed"), gate.MinSum, values));
        if (gate.OldestAt is { } oldest)
            all.Add($"MIN(h.held_at) <= {values.Put(oldest.ToMicroseconds())}");
        if (gate.CompleteBy is { } complete)
        {
            string column = Number(table, complete, "a number that belongs together");
            all.Add($"COALESCE(COUNT(*) * {HeldValues.Scale} >= MAX({column}), 0)");
        }

        return string.Join(" AND ", all);
    }

    /// <summary>The two parts of a sum that together cannot overflow; read by <see cref="ReadSum"/>.</summary>
    public static string Sum(string column) => $"{High(column)}, {Low(column)}";

    public static decimal ReadSum(Statement row, int column) =>
        ((row.Long(column) * (decimal)(1L << SplitBits)) + row.Long(column + 1)) / HeldValues.Scale;

    /// <summary>A column of numbers, with its table.</summary>
    /// <exception cref="HeldQueryException">There is none of that name, or it holds something else.</exception>
    public static string Number(HeldTable table, string column, string use)
    {
        (string name, HeldType type) = table.Find(column);
        return type == HeldType.Number
            ? $"h.{name}"
            : throw new HeldQueryException(
                $"The column \"{column}\" of {table.Queue} holds {HeldValues.Plural(type)}; {use} can only be a column "
                + "of numbers.");
    }

    private static string High(string column) => $"COALESCE(SUM({column} >> {SplitBits}), 0)";

    private static string Low(string column) => $"COALESCE(SUM({column} & {LowMask}), 0)";

    private static string IsSumAtLeast(string column, decimal min, Conditions values)
    {
        Int128 scaled = (Int128)decimal.Ceiling(min) * HeldValues.Scale
            - (Int128)decimal.Floor((decimal.Ceiling(min) - min) * HeldValues.Scale);
        long high = (long)Int128.Clamp(scaled >> SplitBits, long.MinValue, long.MaxValue);
        // What the low parts add up to beyond their bits belongs to the high part: then the two compare as one number.
        return $"({High(column)} + ({Low(column)} >> {SplitBits}), {Low(column)} & {LowMask}) >= "
            + $"({values.Put(high)}, {values.Put((long)(scaled & LowMask))})";
    }

    private static string IsOneOf(IReadOnlyList<ElementId> ids, Conditions values)
    {
        if (ids.Count == 0)
            return "0";
        byte[] bytes = new byte[ids.Count * 16];
        for (int index = 0; index < ids.Count; index++)
            ids[index].Value.TryWriteBytes(bytes.AsSpan(index * 16), bigEndian: true, out _);
        string all = values.Put(bytes);
        return "h.key IN (WITH RECURSIVE at(i) AS "
            + $"(SELECT 1 UNION ALL SELECT i + 16 FROM at WHERE i + 16 < LENGTH({all})) "
            + $"SELECT o.key FROM at CROSS JOIN element o ON o.id = SUBSTR({all}, at.i, 16))";
    }

    private static string Compare(HeldTable table, HeldCondition condition, Conditions values)
    {
        (string name, HeldType type) = table.Find(condition.Column);
        if (condition.Value.Type is { } given && given != type)
        {
            throw new HeldQueryException(
                $"The column \"{condition.Column}\" of {table.Queue} holds {HeldValues.Plural(type)} and cannot be "
                + $"compared with \"{condition.Value}\".");
        }

        return condition.Value switch
        {
            { Type: null } => Compare($"h.{name}", condition),
            { Number: { } number } => Compare($"h.{name}", condition.Comparison, number, values),
            { Instant: { } instant } => $"h.{name} {Operator(condition)} {values.Put(instant.ToMicroseconds())}",
            { Text: { } text } => $"h.{name} {Operator(condition)} {values.Put(text)}",
            _ => throw new InvalidOperationException($"No column holds {condition.Value}."),
        };
    }

    private static string Compare(string column, HeldCondition condition) => condition.Comparison switch
    {
        HeldComparison.Equal => $"{column} IS NULL",
        HeldComparison.NotEqual => $"{column} IS NOT NULL",
        _ => throw new HeldQueryException(
            $"The column \"{condition.Column}\" cannot be {condition.Comparison} than nothing: only Equal and NotEqual "
            + "take no value."),
    };

    // A number between two that a column can hold lies right above the lower one.
    private static string Compare(string column, HeldComparison comparison, decimal number, Conditions values)
    {
        decimal whole = decimal.Floor(number);
        decimal parts = (number - whole) * HeldValues.Scale;
        Int128 scaled = ((Int128)whole * HeldValues.Scale) + (Int128)decimal.Floor(parts);
        long stored = (long)Int128.Clamp(scaled, long.MinValue, long.MaxValue);
        bool isExact = decimal.Floor(parts) == parts && scaled == stored;
        string value = values.Put(stored);
        return (comparison, isExact) switch
        {
            (HeldComparison.Equal, false) => $"0 AND {value}",
            (HeldComparison.NotEqual, false) => $"({value} OR 1)",
            (HeldComparison.Less, false) => $"{column} <= {value}",
            (HeldComparison.GreaterOrEqual, false) => $"{column} > {value}",
            _ => $"{column} {Operator(comparison)} {value}",
        };
    }

    private static string Operator(HeldCondition condition) => Operator(condition.Comparison);

    private static string Operator(HeldComparison comparison) => comparison switch
    {
        HeldComparison.Equal => "=",
        HeldComparison.NotEqual => "IS NOT",
        HeldComparison.Less => "<",
        HeldComparison.LessOrEqual => "<=",
        HeldComparison.Greater => ">",
        HeldComparison.GreaterOrEqual => ">=",
        _ => throw new HeldQueryException($"There is no comparison {comparison}."),
    };
}
