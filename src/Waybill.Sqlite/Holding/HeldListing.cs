using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>Reads pages and groups of what an aggregation queue holds.</summary>
internal static class HeldListing
{
    private const int GroupMax = 1000;
    private const int FirstValue = 11;

    public static HeldPage Page(Database database, HeldTable table, HeldFilter filter, HeldPageRequest page)
    {
        (string sort, HeldType type) = page.SortBy is { } by ? table.Find(by) : ("held_at", HeldType.Instant);
        Conditions conditions = HeldQuestions.Matching(table, filter);
        if (page.After is { } after)
            conditions.And(Behind(after, $"h.{sort}", type, page.Descending, conditions));
        string turn = page.Descending ? " DESC" : "";
        string order = $"ORDER BY h.{sort}{turn}, h.key{turn}";
        // To walk an index in the order of the page takes long when few rows of many match. The plus keeps SQLite from
        // it; a group's rows stand in the order of their age anyway.
        bool isRare = filter.Where.Count > 0 && (filter.Group is null || page.SortBy is not null);
        string innerOrder = isRare ? $"ORDER BY +h.{sort}{turn}, h.key{turn}" : order;
        // Only the rows of the page are joined with their elements. One more than asked for tells whether there is a
        // next page.
        List<HeldElement> found = database.All(
            "SELECT h.key, e.id, e.business_key, e.hop, p.revision, e.caller_key, e.caller_id, e.caller_hop, "
            + $"e.caller_slot, h.group_key, h.held_at{table.List("h.")} FROM (SELECT * FROM {table.Name} h "
            + $"WHERE {conditions.Text} {innerOrder} LIMIT {page.Size + 1}) h CROSS JOIN element e ON e.key = h.key "
            + $"CROSS JOIN place p ON p.key = h.key {order}",
            conditions,
            row => Read(table, row));
        HeldElement[] items = [.. found.Take(page.Size)];
        return new HeldPage(items, found.Count > page.Size ? Cursor(table, page, items[^1]) : null);
    }

    public static IReadOnlyList<HeldGroup> Groups(Database database, HeldTable table, HeldQuery query)
    {
        (string Name, HeldType Type)[] keys = [.. query.GroupBy.Select(column => Key(table, column))];
        (string Sql, HeldMeasure Measure, HeldType Type)[] measures =
            [.. query.Measures.Select(measure => Measure(table, measure))];
        Conditions conditions = HeldQuestions.Matching(table, query.Filter);
        string sql = $"SELECT COUNT(*), MIN(h.held_at){string.Concat(keys.Select(key => $", {key.Name}"))}"
            + $"{string.Concat(measures.Select(measure => $", {measure.Sql}"))} FROM {table.Name} h "
            + $"WHERE {conditions.Text}";
        string having = query.Having is { } gate ? $" HAVING {HeldQuestions.IsOpen(table, gate, conditions)}" : "";
        if (keys.Length > 0)
            sql += $" GROUP BY {string.Join(", ", keys.Select(key => key.Name))}";
        else if (having.Length > 0)
            sql += " GROUP BY NULL";
        return database.All(
            $"{sql}{having} ORDER BY COUNT(*) DESC, MIN(h.held_at), MIN(h.key) LIMIT {GroupMax}", conditions,
            row => ReadGroup(row, keys, measures));
    }

    private static string Behind(HeldCursor after, string sort, HeldType type, bool isDescending, Conditions values)
    {
        string key = values.Put(after.Key);
        if (after.Value.Type is null)
            return isDescending ? $"{sort} IS NULL AND h.key < {key}" : $"({sort} IS NOT NULL OR h.key > {key})";
        if (after.Value.Type != type)
        {
            throw new HeldQueryException(
                $"The page before was sorted by {HeldValues.Plural(after.Value.Type.Value)}, this one is sorted by "
                + $"{HeldValues.Plural(type)}. Begin with the first page.");
        }

        string value = values.Put(HeldValues.Stored(after.Value));
        return isDescending
            ? $"(({sort}, h.key) < ({value}, {key}) OR {sort} IS NULL)"
            : $"({sort}, h.key) > ({value}, {key})";
    }

    private static HeldCursor Cursor(HeldTable table, HeldPageRequest page, HeldElement last)
    {
        if (page.SortBy is null)
            return new HeldCursor(HeldValue.Of(last.HeldAt), last.Key);
        int index = 0;
        while (!string.Equals(table.Columns[index].Name, page.SortBy, StringComparison.OrdinalIgnoreCase))
            index++;
        return new HeldCursor(last.Values[index], last.Key);
    }

    private static (string Name, HeldType Type) Key(HeldTable table, string column)
    {
        if (string.Equals(column, HeldQuery.GroupKey, StringComparison.OrdinalIgnoreCase))
            return ("h.group_key", HeldType.Text);
        (string name, HeldType type) = table.Find(column);
        return ($"h.{name}", type);
    }

    private static (string Sql, HeldMeasure Measure, HeldType Type) Measure(HeldTable table, HeldMeasure measure)
    {
        if (measure.Function == HeldFunction.Sum)
        {
            string summed = HeldQuestions.Number(table, measure.Column, "what is summed");
            return (HeldQuestions.Sum(summed), measure, HeldType.Number);
        }

        (string name, HeldType type) = table.Find(measure.Column);
        return ($"{(measure.Function == HeldFunction.Min ? "MIN" : "MAX")}(h.{name})", measure, type);
    }

    private static HeldElement Read(HeldTable table, Statement row) => new(
        row.Long(0), row.Id(1), row.Text(2), row.Int(3), row.Int(4), row.Text(9), row.Long(10).ToInstant(),
        table.Read(row, FirstValue),
        row.IsNull(5) ? null : new CallerRef(row.Long(5), row.Id(6), row.Int(7), row.Int(8)));

    private static HeldGroup ReadGroup(
        Statement row, (string Name, HeldType Type)[] keys, (string Sql, HeldMeasure Measure, HeldType Type)[] measures)
    {
        int column = 2;
        HeldValue[] shared = new HeldValue[keys.Length];
        for (int index = 0; index < keys.Length; index++)
            shared[index] = HeldValues.Read(row, column++, keys[index].Type);
        HeldValue[] measured = new HeldValue[measures.Length];
        for (int index = 0; index < measures.Length; index++)
        {
            bool isSum = measures[index].Measure.Function == HeldFunction.Sum;
            measured[index] = isSum
                ? HeldValue.Of((decimal?)HeldQuestions.ReadSum(row, column))
                : HeldValues.Read(row, column, measures[index].Type);
            column += isSum ? 2 : 1;
        }

        return new HeldGroup(shared, row.Long(0), row.OptionalLong(1)?.ToInstant(), measured);
    }
}
