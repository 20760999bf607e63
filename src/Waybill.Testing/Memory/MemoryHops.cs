using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>
/// Applies the hops of one commit. In order: all hops are judged by the state before the commit; then each writes and
/// moves; then changes spread to what was called; then the endings reach callers and members of batches; then joins
/// that did not wait for all cancel the rest; then signals are delivered. So what one hop of a commit does never
/// decides whether another one is applied.
/// </summary>
internal sealed class MemoryHops(
    MemoryState state, MemoryCancels cancels, MemorySignals signals, MemoryChanges changes)
{
    public IReadOnlyList<HopOutcome> Apply(IReadOnlyList<Hop> hops, Func<MemoryElement, bool> mayMove)
    {
        RequireOneEach(hops);
        RequireDeclared(hops);
        HopOutcome[] outcomes = [.. hops.Select(hop => Judge(hop, mayMove))];
        List<Hop> applied = [];
        foreach ((int index, Hop hop) in hops.Index())
        {
            if (outcomes[index].Status != HopStatus.Applied)
                continue;
            if (state.Tables.Apply(hop.Writes) is { } error)
            {
                outcomes[index] = new HopOutcome(HopStatus.WriteFailed, error);
                continue;
            }

            Move(state.Elements[hop.Key], hop);
            applied.Add(hop);
        }

        foreach (Hop hop in applied.Where(hop => hop.Changes.Count > 0 && hop.To is not Destination.End))
        {
            changes.Spread(
                state.Elements[hop.Key], hop.Changes, hop.To is Destination.Calls calls ? calls.Elements : []);
        }

        List<(MemoryElement Caller, Hop Because)> impatient = [];
        foreach (Hop hop in applied)
        {
            ReplyToMembers(hop);
            if (Reply(hop) is { } caller)
                impatient.Add((caller, hop));
        }

        foreach ((MemoryElement caller, Hop because) in impatient)
            cancels.RequestCalled(caller, detail: null, past: because.PastCancel);
        foreach (SignalDelivery signal in applied.SelectMany(hop => hop.Signals))
            signals.Deliver(signal);
        return outcomes;
    }

    private static void RequireOneEach(IReadOnlyList<Hop> hops)
    {
        HashSet<long> keys = [];
        if (hops.FirstOrDefault(hop => !keys.Add(hop.Key)) is { } second)
        {
            throw new ArgumentException(
                $"A commit takes one hop of each element; it has two of {second.Id}. Commit them one after the other.",
                nameof(hops));
        }
    }

    private void RequireDeclared(IReadOnlyList<Hop> hops)
    {
        foreach (Hop hop in hops)
        {
            if (hop.To is Destination.Enqueue { Slot: { } slot })
                state.HeldQueues.RequireFits(slot);
            else if (hop.To is Destination.Calls calls)
                state.HeldQueues.RequireFit(calls.Elements);
        }
    }

    private HopOutcome Judge(Hop hop, Func<MemoryElement, bool> mayMove)
    {
        if (state.Find(hop.Key) is not { } element || element.Hop != hop.From || !mayMove(element)
            || (hop.Revision is { } revision && element.Revision != revision))
            return new HopOutcome(HopStatus.Lost);
        bool mayPass = hop.Cancel != CancelStance.Yields || hop.To is Destination.End;
        if (element.Place.Cancel == CancelMark.Pending && !mayPass)
            return new HopOutcome(HopStatus.CancelPending);
        return MemoryChanges.Unanswered(element, hop) is { } pending
            ? new HopOutcome(HopStatus.ChangePending) { Changes = pending }
            : HopOutcome.Applied;
    }

    private void Move(MemoryElement element, Hop hop)
    {
        if (hop.To is Destination.End end)
        {
            End(element, hop, end);
            return;
        }

        element.Hop = hop.From + 1;
        element.ArrivedHop = hop.Arrives ? element.Hop : element.ArrivedHop;
        element.MovedAt = state.Now;
        element.Data = hop.Data.ToArray();
        element.Failure = hop.Failure;
        element.Sidelined = null;
        element.Held = null;
        if (hop.ConsumesReplies)
            element.Replies.Clear();
        MemoryPlace place = element.Place with
        {
            Cancel = After(element.Place.Cancel, hop.Cancel),
            AwaitedSignal = hop.ConsumesReplies ? null : element.Place.AwaitedSignal,
        };
        switch (hop.To)
        {
            case Destination.HandOver to:
                HandOver(element, place, hop, to);
                break;
            case Destination.Enqueue to:
                Enqueue(element, place, hop, to);
                break;
            case Destination.Calls to:
                Call(element, place, hop, to);
                break;
            case Destination.AwaitSignal to:
                AwaitSignal(element, place, hop, to);
                break;
            case Destination.Sideline to:
                Sideline(element, place, hop, to);
                break;
        }

        ResolveCancels(element, hop.Cancel);
        changes.Answer(element, hop.Changes);
    }

    private void HandOver(MemoryElement element, MemoryPlace place, Hop hop, Destination.HandOver to)
    {
        element.Node = to.Node;
        state.Write(hop.Kind, element, hop.Detail, hop.Worked, hop.Facts);
        // The place stays where the element was claimed: only its owner can see the difference, and a reclaim mends it.
        state.Queues.Put(element, hop.LeavesLine ? place with { OrderKey = null, LineNumber = 0 } : place);
    }

    private void Enqueue(MemoryElement element, MemoryPlace place, Hop hop, Destination.Enqueue to)
    {
        element.Node = to.Slot.Node;
        state.Write(hop.Kind, element, hop.Detail, hop.Worked, hop.Facts);
        MemoryPlace waiting = Arrived(element, place, to.Slot) with
        {
            Due = to.Delay is { } delay ? state.Now + delay : to.Due,
            Attempts = to.Attempts,
        };
        state.Settle(element, waiting, to.Slot.Held);
    }

    private void Call(MemoryElement element, MemoryPlace place, Hop hop, Destination.Calls to)
    {
        element.Node = to.Slot.Node;
        state.Write(hop.Kind, element, JournalDetail.Called(to.Elements), hop.Worked, hop.Facts);
        state.Queues.Put(element, Arrived(element, place, to.Slot) with
        {
            State = ElementState.Calling,
            PendingCalls = to.Elements.Count,
            Join = to.Join,
        });
        foreach ((int slot, NewElement called) in to.Elements.Index())
            state.Insert(called, new CallerRef(element.Key, element.Id, element.Hop, slot));
    }

    private void AwaitSignal(MemoryElement element, MemoryPlace place, Hop hop, Destination.AwaitSignal to)
    {
        element.Node = to.Slot.Node;
        state.Write(hop.Kind, element, hop.Detail, hop.Worked, hop.Facts);
        state.Queues.Put(element, Arrived(element, place, to.Slot) with
        {
            State = ElementState.AwaitingSignal,
            AwaitedSignal = to.Signal,
            Due = to.Due,
        });
        signals.TakeKept(element);
    }

    private void Sideline(MemoryElement element, MemoryPlace place, Hop hop, Destination.Sideline to)
    {
        element.Node = to.Node;
        element.Sidelined = new SidelinedRow(state.Now, to.Failure);
        state.Write(hop.Kind, element, hop.Detail, hop.Worked, hop.Facts);
        QueueSlot slot = to.Slot ?? new QueueSlot(to.Node, place.Rank, place.OrderKey);
        state.Queues.Put(element, Arrived(element, place, slot) with
        {
            State = ElementState.Sidelined,
            Attempts = to.Failure.Attempts,
        });
    }

    private void End(MemoryElement element, Hop hop, Destination.End end)
    {
        state.Delete(element);
        element.Hop = hop.From + 1;
        element.Node = hop.Node;
        state.Write(hop.Kind, element, hop.Detail, hop.Worked, hop.Facts);
        ResolveCancels(element, hop.Cancel);
        changes.Ended(element);
        if (hop.Caller is null && state.FindTicket(ElementRef.Of(element.Id)) is { } ticket)
        {
            ticket.Record = ticket.Record with
            {
                Ending = end.Ending,
                EndedAt = state.Now,
                Result = end.Result.ToArray(),
                Reason = end.Reason,
            };
        }
    }

    // What an arrival at a slot has in common, whatever the element then does there.
    private MemoryPlace Arrived(MemoryElement element, MemoryPlace place, QueueSlot slot) =>
        state.Queues.Slotted(place, slot) with
        {
            Hop = element.Hop,
            Owner = null,
            Due = null,
            Attempts = 0,
            PendingCalls = 0,
        };

    private void ResolveCancels(MemoryElement element, CancelStance stance)
    {
        if (stance == CancelStance.CarriesOut)
            changes.ResolveCancels(element, ChangeOutcome.Applied);
        else if (stance == CancelStance.Refuses)
            changes.ResolveCancels(element, ChangeOutcome.TooLate);
    }

    private static CancelMark After(CancelMark mark, CancelStance stance) => stance switch
    {
        CancelStance.CarriesOut => CancelMark.CarriedOut,
        CancelStance.Refuses when mark == CancelMark.Pending => CancelMark.None,
        _ => mark,
    };

    /// <summary>Lets members leave with their own replies, and all others with the batch's ending.</summary>
    private void ReplyToMembers(Hop hop)
    {
        foreach (MemberReply leaving in hop.Members)
        {
            if (state.Find(ElementRef.Of(leaving.Member)) is { } member && member.Place.Batch == hop.Id)
                LeaveBatch(member, leaving.Reply);
        }

        if (hop.To is not Destination.End end)
            return;
        foreach (MemoryElement member in state.Queues.MembersOf(hop.Id))
            LeaveBatch(member, new Reply(0, end.Ending, end.Result.ToArray(), end.Reason));
    }

    private void LeaveBatch(MemoryElement member, Reply reply)
    {
        member.Replies[0] = reply with { Slot = 0, Value = reply.Value.ToArray() };
        state.Queues.PutWaiting(member, member.Place with { Batch = null });
        state.Write(JournalKind.Returned, member);
    }

    /// <summary>Brings an ending to its caller.</summary>
    /// <returns>The caller, when it goes on without waiting for the rest.</returns>
    private MemoryElement? Reply(Hop hop)
    {
        if (hop is not { To: Destination.End end, Caller: { } call } || state.Find(call.Key) is not { } caller
            || caller.Place.State != ElementState.Calling || caller.Place.Hop != call.Hop)
            return null;
        caller.Replies[call.Slot] = new Reply(call.Slot, end.Ending, end.Result.ToArray(), end.Reason);
        MemoryPlace place = caller.Place with { PendingCalls = caller.Place.PendingCalls - 1 };
        bool isImpatient = place.Join == JoinMode.AllOrFirstFailure && end.Ending != Ending.Finished;
        if (place.PendingCalls > 0 && !isImpatient)
        {
            state.Queues.Put(caller, place);
            return null;
        }

        state.Queues.PutWaiting(caller, place);
        state.Write(JournalKind.Returned, caller);
        return isImpatient ? caller : null;
    }
}
