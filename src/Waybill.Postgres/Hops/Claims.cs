using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>What was claimed.</summary>
/// <param name="Elements">The elements; none while waits in lines are due.</param>
/// <param name="Arrivals">Nodes where elements became ready because their time had come.</param>
/// <param name="HasLinesDue">
/// Whether waits for a signal that stand in lines are due and have to be promoted first.
/// </param>
internal sealed record ClaimResult(List<ClaimedElement> Elements, HashSet<int> Arrivals, bool HasLinesDue);

/// <summary>Gives ready elements to a worker.</summary>
internal sealed class Claims(SiteSchema schema, NodeNumbers nodes)
{
    private const int PromoteMax = 1000;
    private const string LinesDue =
        """
        exists (
            select 1 from waybill.place
            where state = 5 and due is not null and due <= now() and order_key || '' is not null)
        """;

    private readonly string lockWorker = schema.Place("select 1 from waybill.worker where epoch = $1 for key share");

    // What a claim took whose answer was lost: nobody knows of it, so it goes back as if it had not been taken.
    private readonly string giveBack = schema.Place(
        """
        update waybill.place set state = 0, owner = null, attempts = attempts - 1
        where owner = $1 and state = 3 and claim = any($2)
        """);

    // A wait for a signal that stands in a line may not be its first; that takes the line's lock to see.
    private readonly string promote = schema.Place(
        $"""
        with due as (
            select key from waybill.place
            where state in (1, 5) and due is not null and due <= now() and (state = 1 or order_key is null)
              and exists (select 1 from waybill.worker where epoch = $1)
            order by due limit {PromoteMax} for no key update skip locked),
        promoted as (
            update waybill.place p set state = 0, due = null from due d
            where p.key = any (array[d.key])
            returning p.node)
        select distinct node from promoted
        """);
    private readonly string linesDue = schema.Place($"select {LinesDue}");
    private readonly string claim = schema.Place(
        $"""
        with claimed as (
            update waybill.place p
            set state = 3, owner = $1, claim = $2, attempts = p.attempts + 1, hop = e.hop
            from waybill.element e
            where p.ctid = any (array (
                select q.ctid from unnest($3::integer[], $4::integer[]) n(node, length)
                cross join lateral (
                    select ctid from waybill.place where state = 0 and node = n.node
                    order by rank, key limit n.length for no key update skip locked) q))
              and e.key = any (array[p.key])
              and exists (select 1 from waybill.worker where epoch = $1)
              and not {LinesDue}
            returning p.key, p.attempts, p.rank, p.cancel, p.replied, p.signal, p.order_key, e.id, e.node, e.hop,
                e.arrived_hop, e.business_key, e.accepted_at, e.caller_key, e.caller_id, e.caller_hop, e.caller_slot,
                e.failure, e.data, e.trace)
        select * from claimed
        """);
    private readonly string replies = schema.Place(
        """
        select r.key, r.slot, r.ending, r.value, r.reason
        from unnest($1::bigint[]) v(key) join waybill.reply r on r.key = any (array[v.key])
        order by v.key, r.slot
        """);

    /// <summary>Promotes what is due and claims, in one round trip.</summary>
    /// <param name="session">Where.</param>
    /// <param name="epoch">The claiming worker.</param>
    /// <param name="number">The number of this claim, different for each of a worker.</param>
    /// <param name="requests">Which nodes, and how many of each at the most.</param>
    /// <param name="lost">Numbers of earlier claims whose answers were lost.</param>
    public async Task<ClaimResult> ClaimAsync(
        Session session, WorkerEpoch epoch, long number, IReadOnlyList<ClaimRequest> requests, List<long> lost)
    {
        List<ClaimedRow> claimed = [];
        HashSet<int> arrivals = [];
        bool hasLinesDue = false;
        await using (NpgsqlBatch batch = session.NewBatch())
        {
            batch.Add(lockWorker, Arg.Long(epoch.Value));
            if (lost.Count > 0)
                batch.Add(giveBack, Arg.Long(epoch.Value), Arg.Longs(lost));
            batch.Add(promote, Arg.Long(epoch.Value));
            batch.Add(linesDue);
            batch.Add(
                claim, Arg.Long(epoch.Value), Arg.Long(number),
                Arg.Ints([.. requests.Select(request => nodes[request.Node])]),
                Arg.Ints([.. requests.Select(request => request.Max)]));
            session.IsCommitting = true;
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
            if (!await reader.ReadAsync())
                throw new EpochLostException(epoch);
            await reader.NextResultAsync();
            await reader.EachAsync(row => arrivals.Add(row.GetInt32(0)));
            await reader.EachAsync(row => hasLinesDue = row.GetBoolean(0));
            await reader.EachAsync(row => claimed.Add(ReadClaimed(row)));
        }

        // Until the caller has the answer, the claim can still get lost.
        ILookup<long, Reply> found = await ReadRepliesAsync(session, claimed);
        session.IsCommitting = false;
        await nodes.LearnAsync(claimed.Select(row => row.Node).Concat(arrivals), CancellationToken.None);
        Dictionary<NodeAddress, int> order = [];
        foreach ((int index, ClaimRequest request) in requests.Index())
            order.TryAdd(request.Node, index);
        List<ClaimedElement> elements =
        [
            .. claimed
                .Select(row => (row.Rank, Element: row.Element(nodes[row.Node], [.. found[row.Key]])))
                .OrderBy(row => order.GetValueOrDefault(row.Element.Node))
                .ThenBy(row => row.Rank).ThenBy(row => row.Element.Key)
                .Select(row => row.Element),
        ];
        return new ClaimResult(elements, arrivals, hasLinesDue);
    }

    private async Task<ILookup<long, Reply>> ReadRepliesAsync(Session session, List<ClaimedRow> claimed)
    {
        List<(long Key, Reply Reply)> found = [];
        List<long> replied = [.. claimed.Where(row => row.HasReplies).Select(row => row.Key)];
        if (replied.Count > 0)
        {
            await using NpgsqlBatch batch = session.NewBatch();
            batch.Add(replies, Arg.Longs(replied));
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
            await reader.EachAsync(row => found.Add((row.GetInt64(0), new Reply(
                row.GetInt32(1), (Ending)row.GetInt16(2), row.GetFieldValue<byte[]>(3),
                row.IsDBNull(4) ? null : row.GetString(4)))));
        }

        return found.ToLookup(row => row.Key, row => row.Reply);
    }

    private static ClaimedRow ReadClaimed(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt32(2), row.GetInt32(8), row.GetBoolean(4),
        new ClaimedElement
        {
            Key = row.GetInt64(0),
            Attempt = row.GetInt32(1),
            CancelRequested = row.GetInt16(3) == (short)CancelMark.Pending,
            AwaitedSignal = row.IsDBNull(5) ? null : row.GetString(5),
            InLine = !row.IsDBNull(6),
            Id = new ElementId(row.GetGuid(7)),
            Node = Unknown,
            Hop = row.GetInt32(9),
            ArrivedHop = row.GetInt32(10),
            BusinessKey = row.GetString(11),
            AcceptedAt = row.GetFieldValue<DateTimeOffset>(12),
            Caller = Place.ReadCaller(row, 13),
            Failure = row.IsDBNull(17) ? null : row.GetString(17),
            Data = row.GetFieldValue<byte[]>(18),
            Trace = row.IsDBNull(19) ? null : row.GetString(19),
        });

    // Stands in for the node until its number has been looked up.
    private static readonly NodeAddress Unknown = new("", 0, "");

    private sealed record ClaimedRow(long Key, int Rank, int Node, bool HasReplies, ClaimedElement Draft)
    {
        public ClaimedElement Element(NodeAddress node, IReadOnlyList<Reply> replies) =>
            Draft with { Node = node, Replies = replies };
    }
}
