using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;

namespace Waybill.Postgres.Ledger;

/// <summary>Loads what a transaction needs of the ledger, after the places that it concerns have been locked.</summary>
internal sealed class LedgerLoader(SiteSchema schema)
{
    private const string Columns = "c.number, c.id, c.type, c.spreads, c.concerned, c.past_return, c.payload, c.until";

    private const int ColumnCount = 8;

    private readonly string loadMarks = schema.Place(
        $"""
        select {Columns}, k.key, m.is_concerned from unnest($1::bigint[]) k(key)
        cross join lateral (select * from waybill.change_mark m where m.key = k.key offset 0) m
        cross join lateral (select * from waybill.change c where c.number = m.change offset 0) c
        """);
    private readonly string loadRequests = schema.Place(
        $"""
        select {Columns}, (select array_agg(o.element) from waybill.change_outcome o where o.change = c.number)
        from unnest($1::uuid[]) v(id) join waybill.change c on c.id = any (array[v.id])
        """);
    private readonly string loadMarked = schema.Place(
        """
        select m.key from unnest($1::bigint[]) v(change)
        cross join lateral (select key from waybill.change_mark m where m.change = v.change offset 0) m
        """);
    private readonly string loadFamily = schema.Place(
        """
        with recursive family as (
            select 0::bigint as parent, e.key, e.id from unnest($1::bigint[]) k(key)
            join waybill.element e on e.key = any (array[k.key])
            union
            select f.key, part.key, part.id from family f
            cross join lateral (
                select * from (select e.key, e.id from waybill.element e where e.caller_id = f.id offset 0) called
                union all
                select p.key, e.id from (select p.key from waybill.place p where p.batch = f.key offset 0) p
                join waybill.element e on e.key = any (array[p.key])) part)
        select parent, key from family where parent <> 0
        """);

    public void Add(NpgsqlBatch batch, BoardRequest request)
    {
        if (request.LoadsMarks)
            batch.Add(loadMarks, Arg.Longs([.. request.Keys]));
        if (request.Requests.Count > 0)
            batch.Add(loadRequests, Arg.Uuids([.. request.Requests]));
        if (request.Withdrawn.Count > 0)
            batch.Add(loadMarked, Arg.Longs([.. request.Withdrawn]));
        if (request.Families.Count > 0)
            batch.Add(loadFamily, Arg.Longs([.. request.Families]));
    }

    /// <summary>Reads the results of <see cref="Add"/>.</summary>
    public static async Task ReadAsync(NpgsqlDataReader reader, BoardRequest request, BoardLedger ledger)
    {
        if (request.LoadsMarks)
        {
            await reader.EachAsync(row => ledger.Load(
                row.GetInt64(ColumnCount),
                new LedgerMark(ledger.Load(ToRequest(row)), row.GetBoolean(ColumnCount + 1))));
        }

        if (request.Requests.Count > 0)
        {
            await reader.EachAsync(row =>
            {
                LedgerRequest found = ledger.Load(ToRequest(row));
                if (!row.IsDBNull(ColumnCount))
                    found.Reached.UnionWith(row.GetFieldValue<Guid[]>(ColumnCount));
            });
        }

        if (request.Withdrawn.Count > 0)
            await reader.EachAsync(row => ledger.Marked.Add(row.GetInt64(0)));
        if (request.Families.Count == 0)
            return;
        List<(long Parent, long Key)> family = [];
        await reader.EachAsync(row => family.Add((row.GetInt64(0), row.GetInt64(1))));
        ledger.Family = family.ToLookup(row => row.Parent, row => row.Key);
    }

    /// <summary>Asks for what the loaded rows show to be needed.</summary>
    /// <returns>Whether that was new.</returns>
    public static bool NeedsMore(Board board, BoardRequest request)
    {
        bool isMore = !request.LoadsMarks && board.Places.Any(place => place.Changes > 0);
        request.LoadsMarks |= isMore;
        foreach (long key in board.Ledger.Marked.Concat(board.Ledger.Family.SelectMany(parts => parts)))
            isMore |= request.Keys.Add(key);
        return isMore;
    }

    private static LedgerRequest ToRequest(NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Id = row.GetGuid(1),
        Type = row.GetString(2),
        Spreads = row.GetBoolean(3),
        Concerned = row.GetFieldValue<string[]>(4),
        PastReturn = row.GetFieldValue<int[]>(5),
        Payload = row.GetFieldValue<byte[]>(6),
        Until = row.IsDBNull(7) ? null : row.GetDateTime(7),
    };
}
