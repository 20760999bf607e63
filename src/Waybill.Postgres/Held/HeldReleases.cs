using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>
/// Releases held elements into batches. Releases of one queue take turns. Each sees the queue at one instant, in one
/// statement: what matches, whether the gate is open, and whom it picks. Then it locks those it picked; when one of
/// them has changed since, all is let go and begun again. What comes or changes besides them comes after the release.
/// </summary>
internal sealed class HeldReleases(
    SiteSchema schema, NodeNumbers nodes, HeldTables tables, Lanes lanes, Arrivals arrivals)
{
    private const int AttemptsMax = 20;

    // The planner's own choice: the lanes' settings are made for lookups, but a gate may ask for all that matches.
    private const string PlanFreely =
        """
        select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'on', true),
            set_config('enable_hashjoin', 'on', true), set_config('enable_bitmapscan', 'on', true)
        """;

    private readonly BoardLoader loader = new(schema);
    private readonly HopCommitter committer = new(schema, nodes, tables);
    private readonly string lockPlaces = schema.Place(
        """
        select 1 from unnest($1::bigint[]) k(key) join waybill.place p on p.key = any (array[k.key])
        order by k.key for no key update of p
        """);

    // A statement of its own, so that it sees what those did for whose locks the one before had to wait. Nobody writes
    // an element that is not owned without the lock of its place.
    private readonly string move = schema.Place(
        """
        with moved as (
            update waybill.element e
            set hop = e.hop + 1, arrived_hop = e.hop + 1, node = $4, moved_at = now(), failure = null
            from unnest($1::bigint[], $2::integer[], $3::integer[]) v(key, hop, revision)
            where e.key = any (array[v.key]) and e.hop = v.hop and e.revision = v.revision
              and exists (select 1 from waybill.place p where p.key = any (array[v.key]) and p.state + 0 = 7)
            returning e.key, e.hop),
        placed as (
            update waybill.place p
            set state = 8, batch = $5, node = $4, hop = m.hop, due = null, attempts = 0
            from moved m where p.key = any (array[m.key]))
        select count(*)::integer from moved
        """);

    public async Task<HeldReleased> ReleaseAsync(HeldTable table, HeldRelease release, CancellationToken cancel)
    {
        tables.RequireFit([release.Batch.Slot]);
        await nodes.LearnAsync([release.Batch.Slot.Node, release.ResumeAt], cancel);
        (HeldReleased released, HashSet<int> woken) = await lanes.Requests.RunAsync(
            session => ReleaseAsync(session, table, release), cancel);
        await arrivals.NoteAsync(woken);
        return released;
    }

    private async Task<(HeldReleased Released, HashSet<int> Arrivals)> ReleaseAsync(
        Session session, HeldTable table, HeldRelease release)
    {
        BoardRequest request = new();
        request.Names.Add(FormattableString.Invariant($"release of node {table.Node}"));
        request.NeedSlot(nodes[release.Batch.Slot.Node], StorableText.OrNull(release.Batch.Slot.OrderKey));
        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            Board board = await loader.LoadAsync(session, request);
            Picked picked = await PickAsync(session, table, release);
            if (picked.Status == HeldReleaseStatus.Released)
            {
                long batch = board.NextNumber();
                int resumeAt = nodes[release.ResumeAt];
                if (await MoveAsync(session, picked, resumeAt, batch))
                {
                    Write(board, table, release, picked, batch, resumeAt);
                    await committer.FlushAsync(session, board);
                    return (new HeldReleased(HeldReleaseStatus.Released, picked.Keys.Count), board.Changes.Arrivals);
                }
            }

            await session.ExecuteAsync("rollback");
            if (picked.Status != HeldReleaseStatus.Released)
                return (new HeldReleased(picked.Status, 0), []);
        }

        throw new StoreUnavailableException(
            $"The elements held at {release.Queue} kept changing while they were to be released. Nothing was written.");
    }

    // The gate and the pick are one statement, so that both see the queue at the same instant.
    private async Task<Picked> PickAsync(Session session, HeldTable table, HeldRelease release)
    {
        HeldGate? gate = release.Gate;
        string asked = gate is null
            ? "select null::bigint, null::timestamptz, null::numeric, null::bigint"
            : $"select count(*), min(h.held_at), {Sum(table, gate)}, {Greatest(table, gate)} from matching h";
        Query query = new Query($"with matching as not materialized (select * from {table.Name} h")
            .Matching(table, release.Filter)
            .Then(
                "), picked as (select key, held_at from matching order by held_at, key limit @)", Arg.Int(release.Max))
            .Then(
                $"""
                select gate.*, p.* from ({asked}) gate cross join (
                    select array_agg(p.key order by p.held_at, p.key), array_agg(e.hop order by p.held_at, p.key),
                        array_agg(e.revision order by p.held_at, p.key), array_agg(e.id order by p.held_at, p.key)
                    from picked p join waybill.element e on e.key = p.key) p
                """);
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(PlanFreely);
        batch.Add(schema.Place(query.Sql), [.. query.Arguments]);
        await using NpgsqlDataReader row = await batch.ExecuteReaderAsync();
        await row.NextResultAsync();
        await row.ReadAsync();
        if (await row.IsDBNullAsync(4))
            return new Picked(HeldReleaseStatus.NothingHeld, [], [], [], []);
        return new Picked(
            gate is null || IsOpen(gate, row) ? HeldReleaseStatus.Released : HeldReleaseStatus.GateClosed,
            await row.GetFieldValueAsync<List<long>>(4), await row.GetFieldValueAsync<List<int>>(5),
            await row.GetFieldValueAsync<List<int>>(6), await row.GetFieldValueAsync<Guid[]>(7));
    }

    private static bool IsOpen(HeldGate gate, NpgsqlDataReader row)
    {
        long count = row.GetInt64(0);
        return count >= gate.MinCount
            && (gate.OldestAt is not { } oldest || row.GetFieldValue<DateTimeOffset>(1) <= oldest)
            && (gate.SumColumn is null || row.GetDecimal(2) >= gate.MinSum * HeldValues.NumberScale)
            && (gate.CompleteBy is null
                || (!row.IsDBNull(3) && count * HeldValues.NumberScale >= row.GetInt64(3)));
    }

    private static string Sum(HeldTable table, HeldGate gate) =>
        gate.SumColumn is { } column ? $"coalesce(sum(h.{table.NumberColumn(column)}), 0)" : "null::numeric";

    private static string Greatest(HeldTable table, HeldGate gate) =>
        gate.CompleteBy is { } column ? $"max(h.{table.NumberColumn(column)})" : "null::bigint";

    /// <returns>False when one of them has changed since it was picked.</returns>
    private async Task<bool> MoveAsync(Session session, Picked picked, int resumeAt, long batchKey)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(lockPlaces, Arg.Longs([.. picked.Keys.Order()]));
        batch.Add(
            move, Arg.Longs(picked.Keys), Arg.Ints(picked.Hops), Arg.Ints(picked.Revisions), Arg.Int(resumeAt),
            Arg.Long(batchKey));
        int moved = 0;
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.EachAsync(row => moved = row.GetInt32(0));
        return moved == picked.Keys.Count;
    }

    private void Write(
        Board board, HeldTable table, HeldRelease release, Picked picked, long batchKey, int resumeAt)
    {
        new Moves(board, nodes).InsertBatch(
            release.Batch, batchKey, JournalDetail.Released(
                release.Batch.BusinessKey, release.Note, picked.Ids.Select(id => new ElementId(id))));
        string detail = JournalDetail.Batched(release.Batch.Id);
        for (int index = 0; index < picked.Keys.Count; index++)
        {
            board.Changes.NoLongerHeld.Add((table.Node, picked.Keys[index]));
            board.Changes.Write(
                JournalKind.Batched, picked.Ids[index], picked.Hops[index] + 1, resumeAt, default, detail, facts: null);
        }
    }

    /// <summary>What a release may take, those held longest first.</summary>
    private sealed record Picked(
        HeldReleaseStatus Status, List<long> Keys, List<int> Hops, List<int> Revisions, Guid[] Ids);
}
