using Waybill.Postgres.Connections;
using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>What a hop does to the board. Decides in memory; nothing here reads or writes the database.</summary>
internal sealed class Moves(Board board, NodeNumbers nodes)
{
    private readonly Changes changes = board.Changes;
    private readonly LedgerRules ledger = new(board, nodes);

    /// <summary>Whether a hop can be applied to the board as it was loaded.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="mayMove">Whether the caller may move the element: as its owner, or because of its state.</param>
    public HopOutcome Judge(Hop hop, Func<Place, bool> mayMove)
    {
        if (board.Find(hop.Key) is not { } place || place.ElementHop != hop.From || !mayMove(place)
            || (hop.Revision is { } revision && place.Revision != revision))
            return new HopOutcome(HopStatus.Lost);
        bool mayPass = hop.Cancel != CancelStance.Yields || hop.To is Destination.End;
        if (place.Cancel == CancelMark.Pending && !mayPass)
            return new HopOutcome(HopStatus.CancelPending);
        return ledger.Unanswered(place, hop) is { } pending
            ? new HopOutcome(HopStatus.ChangePending) { Changes = pending }
            : HopOutcome.Applied;
    }

    /// <summary>Moves an element. What it tells its caller and others comes after all have moved.</summary>
    public void Move(Hop hop)
    {
        Place place = board.Find(hop.Key)!;
        if (place.State == ElementState.Sidelined)
            changes.TakeFromSideline(place.Key);
        if (place.State == ElementState.Held)
            changes.TakeFromHold(place);
        if (hop.To is Destination.End end)
        {
            End(place, hop, end);
            return;
        }

        place.ElementHop = hop.From + 1;
        place.ElementNode = nodes[NodeOf(hop)];
        changes.Elements.Add(new ElementChange(place, hop.Arrives, hop.Failure, hop.Data));
        if (hop.ConsumesReplies && place.HasReplies)
        {
            changes.ConsumedReplies.Add(place.Key);
            place.HasReplies = false;
        }

        if (hop.ConsumesReplies)
            place.AwaitedSignal = null;
        place.Cancel = After(place.Cancel, hop.Cancel);
        string? detail = hop.To is Destination.Calls calls ? JournalDetail.Called(calls.Elements) : hop.Detail;
        changes.Write(hop.Kind, place.Id, place.ElementHop, place.ElementNode, hop.Worked, detail, hop.Facts);
        MoveTo(place, hop);
        ledger.Moved(place, hop);
    }

    /// <summary>Carries changes on to what an element called, by what its hop answered.</summary>
    public void Spread(Hop hop)
    {
        if (hop.Changes.Count == 0 || board.Find(hop.Key) is not { } place)
            return;
        List<Place> called = hop.To is not Destination.Calls
            ? []
            : [.. board.Places
                .Where(child => child.Caller is { } caller && caller.Key == hop.Key && caller.Hop == place.ElementHop)
                .OrderBy(child => child.Caller!.Slot)];
        ledger.Spread(place, hop.Changes, called);
    }

    /// <summary>Brings an ending to its caller.</summary>
    /// <returns>The caller, when it goes on without waiting for the rest.</returns>
    public Place? Reply(Hop hop)
    {
        if (hop is not { To: Destination.End end, Caller: { } call } || board.Find(call.Key) is not { } caller
            || caller.State != ElementState.Calling || caller.Hop != call.Hop)
            return null;
        changes.Replies.Add((caller.Key, new Reply(call.Slot, end.Ending, end.Result, end.Reason)));
        caller.HasReplies = true;
        caller.PendingCalls--;
        bool isImpatient = caller.Join == JoinMode.AllOrFirstFailure && end.Ending != Ending.Finished;
        if (caller.PendingCalls > 0 && !isImpatient)
        {
            board.Put(caller, caller.Line);
            return null;
        }

        board.PutWaiting(caller, caller.Line);
        changes.Write(JournalKind.Returned, caller);
        return isImpatient ? caller : null;
    }

    /// <summary>Lets members leave a batch with replies of their own, and all others when it has ended.</summary>
    /// <param name="hop">A hop of the batch element.</param>
    /// <param name="leaving">Keys of those that leave before the end, in the order of the hop's members.</param>
    public void LetMembersLeave(Hop hop, IEnumerable<long?> leaving)
    {
        foreach ((long? key, MemberReply member) in leaving.Zip(hop.Members))
            Leave(key, hop.Key, member.Reply with { Slot = 0 });
        if (hop.To is not Destination.End end)
            return;
        foreach (long key in board.Members[hop.Key])
            Leave(key, hop.Key, new Reply(0, end.Ending, end.Result, end.Reason));
    }

    /// <summary>Inserts an element at the end of its line.</summary>
    public void Insert(NewElement element, long key, CallerRef? caller)
    {
        Place place = Insert(element, key, caller, leads: false);
        changes.Write(
            JournalKind.Accepted, place, JournalDetail.Accepted(element.BusinessKey, caller), element.Facts);
    }

    /// <summary>Inserts a batch element, whose members have been released to it.</summary>
    public void InsertBatch(NewElement element, long key, string detail) =>
        changes.Write(
            JournalKind.Released, Insert(element, key, caller: null, leads: true), detail, element.Facts);

    private Place Insert(NewElement element, long key, CallerRef? caller, bool leads)
    {
        int node = nodes[element.Slot.Node];
        string? orderKey = StorableText.OrNull(element.Slot.OrderKey);
        Place place = new()
        {
            Key = key,
            Id = element.Id.Value,
            Caller = caller,
            ElementNode = node,
            Node = node,
            State = ElementState.Ready,
            Rank = element.Slot.Rank,
            OrderKey = orderKey,
            LineNumber = orderKey is null ? 0 : board.NextNumber(),
            Leads = leads,
        };
        board.Arrive(place, element.Slot.Held);
        board.Add(place);
        changes.NewElements.Add(new NewRow(place, element.BusinessKey, element.Data, element.Trace));
        return place;
    }

    /// <summary>Asks the rest of what an impatient caller has called to cancel.</summary>
    public void CancelCalled(Place caller, IReadOnlyCollection<NodeAddress> past) =>
        new Cancels(board).RequestCalled(caller, detail: null, past: [.. past.Select(node => nodes[node])]);

    /// <summary>The node that a hop names.</summary>
    public static NodeAddress NodeOf(Hop hop) => hop.To switch
    {
        Destination.HandOver to => to.Node,
        Destination.Enqueue to => to.Slot.Node,
        Destination.Calls to => to.Slot.Node,
        Destination.AwaitSignal to => to.Slot.Node,
        Destination.Sideline to => to.Node,
        _ => hop.Node,
    };

    private void MoveTo(Place place, Hop hop)
    {
        LineKey? before = place.Line;
        switch (hop.To)
        {
            case Destination.HandOver:
                // The place stays where the element was claimed: only its owner can see the difference.
                if (hop.LeavesLine)
                    (place.OrderKey, place.LineNumber) = (null, 0);
                board.Put(place, before);
                break;
            case Destination.Enqueue to:
                Arrive(place, to.Slot);
                place.Due = to.Delay is { } delay ? board.Now + delay : to.Due?.UtcDateTime;
                place.Attempts = to.Attempts;
                board.PutArriving(place, before, to.Slot.Held);
                break;
            case Destination.Calls to:
                Arrive(place, to.Slot);
                place.State = ElementState.Calling;
                place.PendingCalls = to.Elements.Count;
                place.Join = to.Join;
                board.Put(place, before);
                foreach ((int slot, NewElement called) in to.Elements.Index())
                    Insert(called, board.NextNumber(), new CallerRef(place.Key, hop.Id, place.ElementHop, slot));
                break;
            case Destination.AwaitSignal to:
                Arrive(place, to.Slot);
                place.State = ElementState.AwaitingSignal;
                place.AwaitedSignal = StorableText.Of(to.Signal);
                place.Due = to.Due?.UtcDateTime;
                board.Put(place, before);
                new Signals(board).TakeKept(place);
                break;
            case Destination.Sideline to:
                Arrive(place, to.Slot ?? new QueueSlot(to.Node, place.Rank, place.OrderKey));
                place.State = ElementState.Sidelined;
                place.Attempts = to.Failure.Attempts;
                changes.Sidelined.Add((place.Key, place.Node, to.Failure));
                board.Put(place, before);
                break;
        }
    }

    private static CancelMark After(CancelMark mark, CancelStance stance) => stance switch
    {
        CancelStance.CarriesOut => CancelMark.CarriedOut,
        CancelStance.Refuses when mark == CancelMark.Pending => CancelMark.None,
        _ => mark,
    };

    private void Leave(long? key, long batch, Reply reply)
    {
        if (key is null || board.Find(key.Value) is not { } member || member.Batch != batch)
            return;
        member.Batch = null;
        changes.Replies.Add((member.Key, reply));
        member.HasReplies = true;
        board.PutWaiting(member, member.Line);
        changes.Write(JournalKind.Returned, member);
    }

    private void Arrive(Place place, QueueSlot slot)
    {
        board.MoveTo(place, nodes[slot.Node], slot.Rank, StorableText.OrNull(slot.OrderKey));
        place.Hop = place.ElementHop;
        place.Owner = null;
        place.Due = null;
        place.Attempts = 0;
        place.PendingCalls = 0;
    }

    private void End(Place place, Hop hop, Destination.End end)
    {
        board.Remove(place);
        changes.Ended.Add(place.Key);
        if (hop.Caller is null)
            changes.Tickets.Add((place.Key, end));
        place.ElementHop = hop.From + 1;
        place.ElementNode = nodes[hop.Node];
        changes.Write(hop.Kind, place.Id, place.ElementHop, place.ElementNode, hop.Worked, hop.Detail, hop.Facts);
        ledger.Moved(place, hop);
    }
}
