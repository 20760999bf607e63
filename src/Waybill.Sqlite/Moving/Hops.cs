using System.Diagnostics.CodeAnalysis;
using Waybill.Sqlite.Changing;
using Waybill.Sqlite.Holding;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>
/// Applies the hops of one commit. First each is judged, writes and moves; then changes spread; then the endings reach
/// callers and members; then joins that did not wait for all cancel the rest; then signals are delivered. What one hop
/// moves never decides whether another one of the same commit is applied, so judging each at its turn is judging all by
/// the state before the commit.
/// </summary>
internal sealed class Hops(
    ElementRows elements, HeldTables held, Changes changes, Moves moves, Effects effects, AttachedWrites attached)
{
    /// <summary>Applies hops of elements that a worker owns.</summary>
    public HopOutcome[] Apply(WorkerEpoch owner, IReadOnlyList<Hop> hops)
    {
        RequireFit(hops);
        HopOutcome[] outcomes = new HopOutcome[hops.Count];
        Func<Place, bool> isOwned = place => place.Owner == owner.Value;
        List<Hop>? withEffects = null;
        for (int index = 0; index < hops.Count; index++)
        {
            Hop hop = hops[index];
            if (IsPlain(hop, out NodeAddress? to) && moves.TryHandOver(hop, to, owner))
                continue;
            outcomes[index] = Apply(hop, isOwned);
            if (outcomes[index].Status == HopStatus.Applied)
                (withEffects ??= []).Add(hop);
        }

        if (withEffects is not null)
            Spread(withEffects);
        return outcomes;
    }

    /// <summary>Applies a person's decisions about elements that nobody owns, in one state.</summary>
    public HopOutcome[] Act(IReadOnlyList<Hop> hops, ElementState state)
    {
        RequireFit(hops);
        HopOutcome[] outcomes = [.. hops.Select(hop => Apply(hop, place => place.State == state))];
        Spread([.. hops.Where((_, index) => outcomes[index].Status == HopStatus.Applied)]);
        return outcomes;
    }

    private static bool IsPlain(Hop hop, [NotNullWhen(true)] out NodeAddress? to)
    {
        to = (hop.To as Destination.HandOver)?.Node;
        return to is not null && !hop.LeavesLine && !hop.ConsumesReplies && hop.Cancel != CancelStance.CarriesOut
            && hop.Writes.Count == 0 && hop.Signals.Count == 0 && hop.Members.Count == 0
            && hop.Changes.Count == 0;
    }

    private void RequireFit(IReadOnlyList<Hop> hops)
    {
        foreach (Hop hop in hops)
        {
            if (hop.To is Destination.Enqueue { Slot.Held: not null } to)
                held.RequireFits(to.Slot);
            else if (hop.To is Destination.Calls calls)
                held.RequireFit(calls.Elements);
        }
    }

    private HopOutcome Apply(Hop hop, Func<Place, bool> mayMove)
    {
        if (elements.Find(hop.Key) is not { } element || element.Hop != hop.From || !mayMove(element.Place)
            || (hop.Revision is { } revision && element.Place.Revision != revision))
            return new HopOutcome(HopStatus.Lost);
        bool mayPass = hop.Cancel != CancelStance.Yields || hop.To is Destination.End;
        if (element.Place.Cancel == CancelMark.Pending && !mayPass)
            return new HopOutcome(HopStatus.CancelPending);
        if (changes.Unanswered(element, hop) is { } pending)
            return new HopOutcome(HopStatus.ChangePending) { Changes = pending };
        if (hop.Writes.Count > 0 && attached.Apply(hop.Writes) is { } error)
            return new HopOutcome(HopStatus.WriteFailed, error);
        moves.Move(element, hop);
        return HopOutcome.Applied;
    }

    private void Spread(IReadOnlyList<Hop> applied)
    {
        foreach (Hop hop in applied)
        {
            if (hop is { Changes.Count: > 0, To: not Destination.End })
                changes.Spread(elements.Find(hop.Key)!, hop.Changes, (hop.To as Destination.Calls)?.Elements ?? []);
        }

        List<(ElementId Caller, Hop Because)> impatient = [];
        foreach (Hop hop in applied)
        {
            effects.Batches.Reply(hop);
            if (hop is { To: Destination.End end, Caller: { } call } && effects.Returns.Bring(end, call))
                impatient.Add((call.Id, hop));
        }

        foreach ((ElementId caller, Hop because) in impatient)
        {
            effects.Cancels.RequestCalled(
                caller, detail: null, past: [.. because.PastCancel.Select(elements.NodeNumber)]);
        }

        foreach (Hop hop in applied)
        {
            foreach (SignalDelivery signal in hop.Signals)
                effects.Signals.Deliver(signal);
        }
    }
}

/// <summary>What hops do to other elements than their own.</summary>
internal sealed record Effects(Returns Returns, Batches Batches, Cancels Cancels, Signals Signals);
