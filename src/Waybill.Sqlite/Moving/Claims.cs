using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Gives ready elements to a worker, and takes them back.</summary>
internal sealed class Claims
{
    private const int PromoteMax = 1000;

    private readonly ElementRows elements;
    private readonly Places places;
    private readonly Replies replies;
    private readonly NodeNumbers nodes;
    private readonly TransactionClock clock;
    private readonly Statement due;
    private readonly Statement ready;
    private readonly Statement own;
    private readonly Statement orphans;

    public Claims(
        Database database, ElementRows elements, Places places, Replies replies, NodeNumbers nodes,
        TransactionClock clock)
    {
        (this.elements, this.places, this.replies, this.nodes, this.clock) = (elements, places, replies, nodes, clock);
        due = database.Keep(
            $"SELECT {Places.Columns} FROM place p WHERE p.state IN (1, 5) AND p.due <= ?1 "
            + "ORDER BY p.due, p.key LIMIT ?2");
        ready = database.Keep(
            "SELECT e.key, e.id, e.hop, e.arrived_hop, e.business_key, e.accepted_at, e.caller_key, e.caller_id, "
            + "e.caller_hop, e.caller_slot, e.failure, p.attempts + 1, p.signal, p.cancel, p.order_key IS NOT NULL, "
            + "EXISTS (SELECT 1 FROM reply r WHERE r.key = p.key), e.data, e.trace "
            + "FROM place p CROSS JOIN element e ON e.key = p.key WHERE p.node = ?1 AND p.state = 0 "
            + "ORDER BY p.rank, p.key LIMIT ?2");
        own = database.Keep("UPDATE place SET state = 3, owner = ?2, attempts = ?3, hop = ?4 WHERE key = ?1");
        orphans = database.Keep(
            "SELECT p.key FROM place p WHERE p.owner IS NOT NULL AND p.owner NOT IN (SELECT epoch FROM worker) "
            + "ORDER BY p.owner, p.key LIMIT ?1");
    }

    /// <summary>Makes elements whose time has come ready, the oldest due first.</summary>
    public void PromoteDue()
    {
        List<Place> found = [];
        due.Bind(1, clock.Now).Bind(2, PromoteMax);
        while (due.Read())
            found.Add(Places.Read(due));
        foreach (Place place in found)
            places.PutWaiting(place, place with { Due = null });
    }

    public void Claim(WorkerEpoch epoch, ClaimRequest request, List<ClaimedElement> claimed)
    {
        if (nodes.Find(request.Node) is not { } node)
            return;
        int begin = claimed.Count;
        List<int> withReplies = [];
        ready.Bind(1, node).Bind(2, request.Max);
        while (ready.Read())
        {
            claimed.Add(ReadClaimed(request.Node));
            if (ready.Long(15) != 0)
                withReplies.Add(claimed.Count - 1);
        }

        foreach (int index in withReplies)
            claimed[index] = claimed[index] with { Replies = replies.Of(claimed[index].Key) };
        foreach (ClaimedElement element in claimed.Skip(begin))
            own.Bind(1, element.Key).Bind(2, epoch.Value).Bind(3, element.Attempt).Bind(4, element.Hop).Run();
    }

    /// <summary>Gives back what the worker owns at that hop; leaves it alone otherwise.</summary>
    public void Release(WorkerEpoch epoch, Release release)
    {
        if (elements.Find(release.Key) is { } element
            && element.Place.Owner == epoch.Value && element.Hop == release.Hop)
            places.Put(element.Place, element.Returned(release.Attempts));
    }

    /// <summary>Returns elements of epochs that have ended.</summary>
    /// <returns>How many.</returns>
    public int ReturnOrphans(int max)
    {
        List<long> keys = [];
        orphans.Bind(1, max);
        while (orphans.Read())
            keys.Add(orphans.Long(0));
        foreach (long key in keys)
        {
            ElementRow element = elements.Find(key)!;
            // Handed on in memory since the claim: whether a run had begun at the new node is not known, so one counts.
            bool wasHandedOn = element.Place.Hop != element.Hop;
            places.Put(element.Place, element.Returned(wasHandedOn ? 1 : element.Place.Attempts));
        }

        return keys.Count;
    }

    private ClaimedElement ReadClaimed(NodeAddress node) => new()
    {
        Key = ready.Long(0),
        Id = ready.Id(1),
        Node = node,
        Hop = ready.Int(2),
        ArrivedHop = ready.Int(3),
        BusinessKey = ready.Text(4),
        AcceptedAt = ready.Long(5).ToInstant(),
        Caller = ready.IsNull(6)
            ? null
            : new CallerRef(ready.Long(6), ready.Id(7), ready.Int(8), ready.Int(9)),
        Failure = ready.OptionalText(10),
        Attempt = ready.Int(11),
        AwaitedSignal = ready.OptionalText(12),
        CancelRequested = (CancelMark)ready.Int(13) == CancelMark.Pending,
        InLine = ready.Long(14) != 0,
        Data = ready.Bytes(16),
        Trace = ready.OptionalText(17),
    };
}
