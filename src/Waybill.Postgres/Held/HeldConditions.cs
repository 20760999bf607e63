using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>Turns filters, orders and cursors into conditions on a queue's table, which is <c>h</c> there.</summary>
internal static class HeldConditions
{
    /// <summary>Adds the conditions of a filter.</summary>
    /// <exception cref="HeldQueryException">
    /// A column is not declared, or compared with another type's value.
    /// </exception>
    public static Query Matching(this Query query, HeldTable table, HeldFilter filter)
    {
        query.WhereGiven(filter.Group, "h.group_key = @").WhereGiven(filter.HeldBefore, "h.held_at < @", Arg.Instant);
        if (filter.Ids is { } ids)
        {
            query.Where(
                "h.key in (select e.key from waybill.element e where e.id = any (@))",
                Arg.Uuids([.. ids.Select(id => id.Value)]));
        }

        foreach (HeldCondition condition in filter.Where)
            query.Where(table, condition);
        return query;
    }

    /// <summary>Adds the condition that a gate is true of a group.</summary>
    public static Query Having(this Query query, HeldTable table, HeldGate gate)
    {
        query.Then("having count(*) >= @", Arg.Long(gate.MinCount));
        if (gate.OldestAt is { } oldest)
            query.Then("and min(h.held_at) <= @", Arg.Instant(oldest));
        if (gate.SumColumn is { } summed)
        {
            query.Then(
                $"and coalesce(sum(h.{table.NumberColumn(summed)}), 0) >= @",
                HeldValues.Sum(gate.MinSum));
        }

        if (gate.CompleteBy is { } most)
            query.Then($"and max(h.{table.NumberColumn(most)}) <= count(*) * {HeldValues.NumberScale}");
        return query;
    }

    /// <summary>The order of a listing, by a column or the instant since when elements are held.</summary>
    public static string Order(HeldTable table, int? sorted, bool isDescending)
    {
        // As the indexes have it. The instant is never empty, and its index has the usual order.
        string nulls = sorted is null ? "" : isDescending ? " nulls last" : " nulls first";
        string direction = isDescending ? "desc" : "asc";
        return $"order by {Sorted(table, sorted)} {direction}{nulls}, h.key {direction}";
    }

    /// <summary>Adds the condition that elements come behind the page before.</summary>
    /// <exception cref="HeldQueryException">The page before was sorted by something of another type.</exception>
    public static Query Behind(this Query query, HeldTable table, int? column, HeldPageRequest page)
    {
        if (page.After is not { } after)
            return query;
        HeldType expected = column is { } known ? table.Queue.Columns[known].Type : HeldType.Instant;
        if (after.Value.Type is { } type && type != expected)
            throw new HeldQueryException($"The page before ended at {type}, but the order is by {expected}.");
        string sorted = Sorted(table, column);
        return (page.Descending, after.Value.Type is null) switch
        {
            (false, false) => query.Where($"({sorted}, h.key) > (@", HeldValues.One(after.Value))
                .Then(", @)", Arg.Long(after.Key)),
            (false, true) => query.Where($"({sorted} is not null or h.key > @)", Arg.Long(after.Key)),
            // Empty ones, which come behind all others, are a part of their own.
            (true, false) => query.Where($"({sorted}, h.key) < (@", HeldValues.One(after.Value))
                .Then(", @)", Arg.Long(after.Key)),
            (true, true) => query.Where($"{sorted} is null and h.key < @", Arg.Long(after.Key)),
        };
    }

    private static string Sorted(HeldTable table, int? column) =>
        $"h.{(column is { } index ? table.SqlName(index) : "held_at")}";

    private static void Where(this Query query, HeldTable table, HeldCondition condition)
    {
        int index = table.IndexOf(condition.Column);
        HeldColumn column = table.Queue.Columns[index];
        string name = $"h.{table.SqlName(index)}";
        if (condition.Value.Type is not { } type)
        {
            query.Where(condition.Comparison switch
            {
                HeldComparison.Equal => $"{name} is null",
                HeldComparison.NotEqual => $"{name} is not null",
                _ => throw new HeldQueryException(
                    $"The column \"{column.Name}\" of {table.Queue.Node} is compared by {condition.Comparison} with no "
                    + "value. Only Equal and NotEqual take none."),
            });
            return;
        }

        if (type != column.Type)
        {
            throw new HeldQueryException(
                $"The column \"{column.Name}\" of {table.Queue.Node} holds {column.Type} and is compared with {type}.");
        }

        NpgsqlParameter value = HeldValues.One(condition.Value);
        if (condition.Value.Number is { } number && !HeldValues.IsStorable(number))
            query.WhereBetween(name, condition.Comparison, value);
        else
            query.Where($"{name} {Operator(condition.Comparison)} @", value);
    }

    // The number lies between two that a column can have; the lower one is given.
    private static void WhereBetween(this Query query, string name, HeldComparison comparison, NpgsqlParameter lower) =>
        _ = comparison switch
        {
            HeldComparison.Equal => query.Where("false"),
            HeldComparison.NotEqual => query,
            HeldComparison.Less or HeldComparison.LessOrEqual => query.Where($"{name} <= @", lower),
            _ => query.Where($"{name} > @", lower),
        };

    private static string Operator(HeldComparison comparison) => comparison switch
    {
        HeldComparison.Equal => "=",
        HeldComparison.NotEqual => "is distinct from",
        HeldComparison.Less => "<",
        HeldComparison.LessOrEqual => "<=",
        HeldComparison.Greater => ">",
        HeldComparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "Not a comparison."),
    };
}
