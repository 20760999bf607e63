using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>
/// Returns elements to their queues: from a worker that gives them back, or one whose epoch has ended.
/// </summary>
internal sealed class Returns(SiteSchema schema)
{
    // For update: waits for the worker's own commits, and makes later ones wait.
    private readonly string lockWorker = schema.Place("select 1 from waybill.worker where epoch = $1 for update");
    // By key, never by owner: see the hops.
    private readonly string release = schema.Place(
        """
        with released as (
            update waybill.place p
            set state = 0, owner = null, node = e.node, hop = e.hop, attempts = v.attempts
            from unnest($2::bigint[], $3::integer[], $4::integer[]) v(key, hop, attempts)
            join waybill.element e on e.key = any (array[v.key]) and e.hop = v.hop
            where p.key = any (array[v.key]) and p.state + 0 = 3 and p.owner + 0 = $1
            returning p.node)
        select distinct node from released
        """);
    private readonly string fences = schema.Place(
        """
        select p.key, e.hop, p.state, p.owner from unnest($1::bigint[]) with ordinality v(key, n)
        join waybill.place p on p.key = any (array[v.key])
        join waybill.element e on e.key = any (array[v.key])
        order by v.n
        """);
    private readonly string endOverdue = schema.Place("delete from waybill.worker where lease_until <= now()");

    // Owners one by one along the index, so that a million elements of live owners cost nothing.
    private readonly string returnOrphans = schema.Place(
        """
        with recursive owners as (
            (select owner from waybill.place where state = 3 order by owner limit 1)
            union all
            select (
                select p.owner from waybill.place p where p.state = 3 and p.owner > o.owner order by p.owner limit 1)
            from owners o where o.owner is not null),
        orphans as (
            select p.key from owners o
            cross join lateral (
                select key from waybill.place where state = 3 and owner = o.owner
                order by key limit $1 for no key update skip locked) p
            where o.owner is not null and not exists (select 1 from waybill.worker w where w.epoch = o.owner)
            order by o.owner, p.key limit $1),
        returned as (
            update waybill.place p
            set state = 0, owner = null, node = e.node, hop = e.hop,
                attempts = case when p.hop = e.hop then p.attempts else 1 end
            from orphans o join waybill.element e on e.key = any (array[o.key])
            where p.key = any (array[o.key])
            returning p.node)
        select node, count(*) from returned group by node
        """);

    /// <summary>Gives elements back unrun.</summary>
    /// <returns>Where they are ready.</returns>
    public async Task<HashSet<int>> ReleaseAsync(Session session, WorkerEpoch epoch, IReadOnlyList<Release> elements)
    {
        HashSet<int> nodes = [];
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(lockWorker, Arg.Long(epoch.Value));
        batch.Add(
            release, Arg.Long(epoch.Value), Arg.Longs([.. elements.Select(element => element.Key)]),
            Arg.Ints([.. elements.Select(element => element.Hop)]),
            Arg.Ints([.. elements.Select(element => element.Attempts)]));
        session.IsCommitting = true;
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.EachAsync(row => nodes.Add(row.GetInt32(0)));
        session.IsCommitting = false;
        return nodes;
    }

    public async Task<IReadOnlyList<ElementFence>> FencesAsync(Session session, IReadOnlyList<long> keys)
    {
        List<ElementFence> found = [];
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(fences, Arg.Longs([.. keys]));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        await reader.EachAsync(row => found.Add(new ElementFence(
            row.GetInt64(0), row.GetInt32(1), (ElementState)row.GetInt16(2),
            row.IsDBNull(3) ? null : new WorkerEpoch(row.GetInt64(3)))));
        return found;
    }

    /// <summary>
    /// Ends the epochs of workers whose lease ran out; waits for commits of theirs that are under way.
    /// </summary>
    public async Task<int> EndOverdueAsync(Session session)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(endOverdue);
        return await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Returns elements of ended epochs.</summary>
    public async Task<(int Count, HashSet<int> Nodes)> ReturnOrphansAsync(Session session, int max)
    {
        long count = 0;
        HashSet<int> nodes = [];
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(returnOrphans, Arg.Int(max));
        session.IsCommitting = true;
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        await reader.EachAsync(row =>
        {
            nodes.Add(row.GetInt32(0));
            count += row.GetInt64(1);
        });
        session.IsCommitting = false;
        return ((int)count, nodes);
    }
}
