using Waybill.Postgres.Connections;
using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>Which elements the hops of a commit may move: those of one owner, or those in one state.</summary>
/// <param name="Epoch">The owner.</param>
/// <param name="State">The state.</param>
internal readonly record struct HopFence(WorkerEpoch? Epoch, ElementState State)
{
    public static HopFence Of(WorkerEpoch owner) => new(owner, ElementState.Owned);

    public static HopFence Of(ElementState state) => new(null, state);

    public bool Allows(Place place) => place.State == State && (Epoch is null || place.Owner == Epoch.Value.Value);
}

/// <summary>
/// The hops of one commit: which of them are plain, what the others concern, and what became of each.
/// </summary>
internal sealed class HopBatch
{
    private readonly bool[] isPlain;
    private readonly HashSet<int> plainApplied = [];
    private readonly Dictionary<int, int> plainIndexes = [];

    /// <param name="hops">The hops.</param>
    /// <param name="mayBePlain">Whether plain ones may go the plain way.</param>
    public HopBatch(IReadOnlyList<Hop> hops, bool mayBePlain)
    {
        Hops = hops;
        // What reaches other elements may reach one that moves plainly in the same commit, and must find it on the
        // board.
        bool reachesOthers = hops.Any(hop => hop.Signals.Count > 0
            || hop is { Caller: not null, To: Destination.End { Ending: not Ending.Finished } });
        isPlain = [.. hops.Select(hop => mayBePlain && !reachesOthers && PlainHops.IsPlain(hop))];
    }

    public IReadOnlyList<Hop> Hops { get; }

    /// <summary>Whether all are plain.</summary>
    public bool IsAllPlain => Array.TrueForAll(isPlain, plain => plain);

    /// <summary>
    /// The targets of all hops' signals, then members that leave their batch, each in the order of the hops.
    /// </summary>
    public IReadOnlyList<ElementRef> Targets =>
        [
            .. Hops.SelectMany(hop => hop.Signals).Select(signal => signal.Target),
            .. Hops.SelectMany(hop => hop.Members).Select(member => ElementRef.Of(member.Member)),
        ];

    private IEnumerable<Hop> Careful => Hops.Where((_, index) => !isPlain[index]);

    /// <summary>What has to be locked and loaded for the hops that are not plain.</summary>
    public BoardRequest Request(WorkerEpoch? epoch, NodeNumbers nodes, IReadOnlyList<Referenced> targets)
    {
        BoardRequest request = new() { Epoch = epoch };
        foreach (Hop hop in Careful)
        {
            request.Keys.Add(hop.Key);
            if (hop is { To: Destination.End, Caller: { } caller })
                request.Keys.Add(caller.Key);
            request.Names.UnionWith(hop.Writes.SelectMany(write => write.Locks));
            switch (hop.To)
            {
                case Destination.Enqueue to:
                    request.NeedSlot(nodes[to.Slot.Node], to.Slot.OrderKey);
                    break;
                case Destination.Calls to:
                    request.NeedSlot(nodes[to.Slot.Node], to.Slot.OrderKey);
                    foreach (NewElement called in to.Elements)
                        request.NeedSlot(nodes[called.Slot.Node], called.Slot.OrderKey);
                    break;
                case Destination.AwaitSignal to:
                    request.NeedSlot(nodes[to.Slot.Node], to.Slot.OrderKey);
                    request.Waits.Add((hop.Key, StorableText.Of(to.Signal)));
                    break;
                case Destination.Sideline { Slot: { } slot }:
                    request.NeedSlot(nodes[slot.Node], slot.OrderKey);
                    break;
            }
        }

        request.Requests.UnionWith(
            Careful.SelectMany(hop => hop.Changes).Where(LedgerRules.IsSpreading)
                .Select(answer => answer.Change.Value));
        request.Families.UnionWith(
            Careful.Where(hop => hop.Changes.Any(LedgerRules.IsSpreading)).Select(hop => hop.Key));
        request.Movers.AddRange(Careful.Select(hop => hop.Key));
        foreach (Referenced target in targets)
        {
            if (target.Key is { } key)
                request.Keys.Add(key);
        }

        return request;
    }

    /// <summary>
    /// Asks for what an impatient caller has called, which will be cancelled, and for the members of a batch that ends.
    /// </summary>
    /// <returns>Whether this was new.</returns>
    public bool NeedMore(Board board, BoardRequest request)
    {
        bool isMore = false;
        foreach (Hop hop in Careful)
        {
            if (hop is { To: Destination.End { Ending: not Ending.Finished }, Caller: { } call }
                && board.Find(call.Key) is { State: ElementState.Calling, Join: JoinMode.AllOrFirstFailure } caller)
                isMore |= request.Callers.Add(caller.Id);
            if (hop.To is Destination.End && board.Find(hop.Key) is { Leads: true })
                isMore |= request.Batches.Add(hop.Key);
        }

        return isMore;
    }

    /// <summary>Judges all hops that are not plain by the state that was loaded.</summary>
    /// <param name="moves">The rules.</param>
    /// <param name="fence">Which elements may be moved.</param>
    public HopOutcome[] Judge(Moves moves, HopFence fence)
    {
        HopOutcome[] outcomes = new HopOutcome[Hops.Count];
        for (int index = 0; index < Hops.Count; index++)
        {
            if (isPlain[index])
                continue;
            HopOutcome outcome = moves.Judge(Hops[index], fence.Allows);
            outcomes[index] =
                outcome.Status == HopStatus.Applied && AttachedWrites.Refuse(Hops[index].Writes) is { } refused
                    ? new HopOutcome(HopStatus.WriteFailed, refused)
                    : outcome;
        }

        return outcomes;
    }

    /// <summary>The hops that are to be applied and have attached writes.</summary>
    public List<int> Writing(HopOutcome[] outcomes) =>
        [.. Enumerable.Range(0, Hops.Count).Where(index =>
            Hops[index].Writes.Count > 0 && outcomes[index].Status == HopStatus.Applied)];

    /// <summary>Applies to the board what is to be applied.</summary>
    /// <returns>The plain hops, with their numbers in the journal.</returns>
    public List<(int Number, Hop Hop)> Move(
        Board board, Moves moves, HopOutcome[] outcomes, IReadOnlyList<Referenced> targets)
    {
        // Again from the beginning when an earlier attempt was undone.
        List<(int Number, Hop Hop)> plain = [];
        plainIndexes.Clear();
        plainApplied.Clear();
        List<(Hop Hop, IEnumerable<long?> Members)> moved = [];
        int member = Hops.Sum(hop => hop.Signals.Count);
        for (int index = 0; index < Hops.Count; index++)
        {
            if (isPlain[index])
            {
                int number = board.Changes.NextJournalNumber();
                plainIndexes.Add(number, index);
                plain.Add((number, Hops[index]));
            }
            else if (outcomes[index].Status == HopStatus.Applied)
            {
                moves.Move(Hops[index]);
                moved.Add((Hops[index], targets.Skip(member).Take(Hops[index].Members.Count).Select(of => of.Key)));
            }

            member += Hops[index].Members.Count;
        }

        foreach ((Hop hop, _) in moved)
            moves.Spread(hop);
        List<(Place Caller, Hop Because)> impatient = [];
        foreach ((Hop hop, IEnumerable<long?> members) in moved)
        {
            moves.LetMembersLeave(hop, members);
            if (moves.Reply(hop) is { } caller)
                impatient.Add((caller, hop));
        }

        foreach ((Place caller, Hop because) in impatient)
            moves.CancelCalled(caller, because.PastCancel);
        int target = 0;
        for (int index = 0; index < Hops.Count; index++)
        {
            foreach (SignalDelivery signal in Hops[index].Signals)
            {
                long? key = targets[target++].Key;
                if (outcomes[index].Status == HopStatus.Applied)
                    new Signals(board).Deliver(key, signal);
            }
        }

        return plain;
    }

    /// <summary>Notes that a plain hop was found as expected and applied.</summary>
    public void NotePlainApplied(int number) => plainApplied.Add(plainIndexes[number]);

    /// <summary>The plain hops that were not found as expected.</summary>
    public List<int> PlainMissed() =>
        [.. Enumerable.Range(0, Hops.Count).Where(index => isPlain[index] && !plainApplied.Contains(index))];
}
