using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>Answers questions about what is held, and who is in a batch.</summary>
internal sealed class HeldListings(Listings listings)
{
    private const int GroupMax = 1000;
    private const int FirstValue = 11;

    /// <summary>A page. The table is searched first; only the page's elements are looked up.</summary>
    public async Task<HeldPage> ListAsync(
        HeldTable table, HeldFilter filter, HeldPageRequest page, CancellationToken cancel)
    {
        int? sorted = page.SortBy is { } name ? table.IndexOf(name) : null;
        string order = HeldConditions.Order(table, sorted, page.Descending);
        Query query = new Query(
            $"""
            select h.key, e.id, e.business_key, e.hop, e.revision, h.group_key, h.held_at, e.caller_key, e.caller_id,
                e.caller_hop, e.caller_slot{table.Values}
            from ((select * from {table.Name} h
            """)
            .Matching(table, filter).Behind(table, sorted, page)
            .Then($"{order} limit @)", Arg.Int(page.Size + 1));
        // Each part along the index; "or" would make one of them, and read what the pages before have shown.
        if (sorted is { } last && page is { Descending: true, After.Value.Type: not null })
        {
            query.Again($"union all (select * from {table.Name} h").Matching(table, filter)
                .Where($"h.{table.SqlName(last)} is null")
                .Then("order by h.key desc limit @)", Arg.Int(page.Size + 1));
        }

        query.Then(") h join waybill.element e on e.key = h.key")
            .Then($"{order} limit @", Arg.Int(page.Size + 1));
        List<HeldElement> items = await listings.ReadAsync(query, row => ToElement(table, row), cancel);
        if (items.Count <= page.Size)
            return new HeldPage(items, Next: null);
        items.RemoveAt(page.Size);
        HeldElement end = items[^1];
        HeldValue value = sorted is { } column ? end.Values[column] : HeldValue.Of(end.HeldAt);
        return new HeldPage(items, new HeldCursor(value, end.Key));
    }

    public async Task<IReadOnlyList<HeldGroup>> GroupAsync(
        HeldTable table, HeldQuery query, CancellationToken cancel)
    {
        (string Sql, HeldType Type)[] keys = [.. query.GroupBy.Select(table.Key)];
        (string Sql, HeldType Type)[] measures = [.. query.Measures.Select(measure => Measure(table, measure))];
        string columns = string.Concat(keys.Concat(measures).Select(column => $", {column.Sql}"));
        Query sql = new Query($"select count(*), min(h.held_at){columns} from {table.Name} h")
            .Matching(table, query.Filter);
        // An empty set of keys makes one group, also of nothing.
        sql.Then($"group by {(keys.Length == 0 ? "()" : string.Join(", ", keys.Select(key => key.Sql)))}");
        if (query.Having is { } gate)
            sql.Having(table, gate);
        sql.Then("order by count(*) desc, min(h.held_at), min(h.key) limit @", Arg.Int(GroupMax));
        return await listings.ReadAsync(
            sql,
            row => new HeldGroup(
                [.. keys.Select((key, index) => HeldValues.Read(row, 2 + index, key.Type))],
                row.GetInt64(0),
                row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1),
                [.. measures.Select((measure, index) => HeldValues.Read(row, 2 + keys.Length + index, measure.Type))]),
            cancel);
    }

    public async Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel) =>
        page.Cut(await listings.ReadAsync(
            new Query(
                """
                select p.key, e.id, e.business_key, e.data
                from waybill.place p join waybill.element e on e.key = p.key
                """)
                .Where("p.batch = (select b.key from waybill.element b where b.id = @)", Arg.Uuid(batch.Value))
                .Page("p.key", page),
            row => (row.GetInt64(0), new BatchMember(
                row.GetInt64(0), new ElementId(row.GetGuid(1)), row.GetString(2), row.GetFieldValue<byte[]>(3))),
            cancel));

    private static (string Sql, HeldType Type) Measure(HeldTable table, HeldMeasure measure)
    {
        if (measure.Function == HeldFunction.Sum)
            return ($"coalesce(sum(h.{table.NumberColumn(measure.Column)}), 0)", HeldType.Number);
        int index = table.IndexOf(measure.Column);
        string function = measure.Function == HeldFunction.Min ? "min" : "max";
        return ($"{function}(h.{table.SqlName(index)})", table.Queue.Columns[index].Type);
    }

    private static HeldElement ToElement(HeldTable table, NpgsqlDataReader row) => new(
        row.GetInt64(0), new ElementId(row.GetGuid(1)), row.GetString(2), row.GetInt32(3), row.GetInt32(4),
        row.GetString(5), row.GetFieldValue<DateTimeOffset>(6),
        [.. table.Queue.Columns.Select((column, index) => HeldValues.Read(row, FirstValue + index, column.Type))],
        Place.ReadCaller(row, 7));
}
