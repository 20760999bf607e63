using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>Changes the data of elements where they stand, and the rows of those that are held.</summary>
internal sealed class HeldAmendments(SiteSchema schema, HeldTables tables, Lanes lanes)
{
    private readonly string lockPlaces = schema.Place(
        """
        select 1 from unnest($1::bigint[]) k(key) join waybill.place p on p.key = any (array[k.key])
        order by k.key for no key update of p
        """);

    // A statement of its own, so that it sees what those did for whose locks the one before had to wait.
    private readonly string amend = schema.Place(
        """
        with amended as (
            update waybill.element e set data = v.data, revision = e.revision + 1
            from unnest($1::bigint[], $2::uuid[], $3::integer[], $4::integer[], $5::bytea[], $6::text[])
                with ordinality v(key, id, hop, revision, data, detail, n)
            where e.key = any (array[v.key]) and e.id is not distinct from v.id and e.hop = v.hop
              and e.revision = v.revision
              and exists (select 1 from waybill.place p where p.key = any (array[v.key]) and p.state + 0 <> 3)
            returning e.key, e.id, e.hop, e.node, v.n, v.detail),
        journalled as (
            insert into waybill.journal (at, n, kind, element, hop, node, worked, detail)
            select now(), n, 19, id, hop, node, 0, detail from amended)
        select a.n, case when p.state = 7 then p.node end
        from amended a join waybill.place p on p.key = any (array[a.key])
        """);

    public async Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel) =>
        await lanes.Requests.RunAsync(session => AmendAsync(session, amendments), cancel);

    private async Task<bool[]> AmendAsync(Session session, IReadOnlyList<Amendment> amendments)
    {
        bool[] isApplied = new bool[amendments.Count];
        List<(int Node, Amendment Amendment)> held = [];
        await using (NpgsqlBatch batch = session.NewBatch())
        {
            batch.Add("begin");
            batch.Add(lockPlaces, Arg.Longs([.. amendments.Select(row => row.Key).Order()]));
            batch.Add(
                amend, Arg.Longs([.. amendments.Select(row => row.Key)]),
                Arg.Uuids([.. amendments.Select(row => row.Id.Value)]),
                Arg.Ints([.. amendments.Select(row => row.Hop)]), Arg.Ints([.. amendments.Select(row => row.Revision)]),
                Arg.Bytes([.. amendments.Select(row => row.Data)]),
                Arg.OptionalTexts([.. amendments.Select(row => StorableText.OrNull(row.Detail))]));
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.EachAsync(row =>
            {
                int index = (int)row.GetInt64(0) - 1;
                isApplied[index] = true;
                if (!row.IsDBNull(1) && amendments[index].Held is not null)
                    held.Add((row.GetInt32(1), amendments[index]));
            });
        }

        await using NpgsqlBatch write = session.NewBatch();
        foreach (IGrouping<int, Amendment> queue in held.GroupBy(row => row.Node, row => row.Amendment)
            .OrderBy(queue => queue.Key))
        {
            HeldTable table = tables[queue.Key];
            tables.RequireFit(queue.Select(row => new QueueSlot(table.Queue.Node, Held: row.Held)));
            NpgsqlParameter[] rows = [.. table.Arguments([.. queue.Select(row => row.Held!)])];
            write.Add(table.Update, [Arg.Longs([.. queue.Select(row => row.Key)]), .. rows]);
        }

        write.Add("commit");
        session.IsCommitting = true;
        await write.ExecuteNonQueryAsync();
        session.IsCommitting = false;
        return isApplied;
    }
}
