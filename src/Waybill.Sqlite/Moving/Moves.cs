using Waybill.Sqlite.Changing;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Writes one hop that was found good: the element, its journal row and its new place, or its end.</summary>
internal sealed class Moves(
    MoveTables tables, Intake intake, Signals signals, Changes changes, JournalWriter journal, TransactionClock clock)
{
    /// <summary>
    /// Judges and writes the commonest hop in two statements: its owner keeps the element and takes it on, and nothing
    /// hangs on its place.
    /// </summary>
    /// <returns>False when it was not that simple; then nothing was written.</returns>
    public bool TryHandOver(Hop hop, NodeAddress to, WorkerEpoch owner)
    {
        if (tables.Elements.HandOver(hop, to, owner.Value) is not { } node)
            return false;
        journal.Write(hop.Kind, hop.Id, hop.From + 1, node, hop.Detail, hop.Worked, hop.Facts);
        return true;
    }

    public void Move(ElementRow element, Hop hop)
    {
        tables.Sidelined.Delete(element.Place);
        if (hop.ConsumesReplies)
            tables.Replies.Clear(element.Key);
        Place place = element.Place with
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
            case Destination.End to:
                End(element, hop, to);
                break;
        }

        // What is pending is marked beside the place, where cancels and changes are counted.
        if (element.Place is not { Changes: 0, Cancel: CancelMark.None })
            changes.Moved(After(element, hop), hop);
    }

    private ElementRow After(ElementRow element, Hop hop) => element with
    {
        Hop = hop.From + 1,
        Node = tables.Elements.NodeNumber(hop.To switch
        {
            Destination.HandOver to => to.Node,
            Destination.Enqueue to => to.Slot.Node,
            Destination.Calls to => to.Slot.Node,
            Destination.AwaitSignal to => to.Slot.Node,
            Destination.Sideline to => to.Node,
            _ => hop.Node,
        }),
    };

    private void HandOver(ElementRow element, Place place, Hop hop, Destination.HandOver to)
    {
        Journal(hop, tables.Elements.Move(hop, to.Node), hop.Detail);
        // The place stays where the element was claimed: only its owner can see the difference, and a reclaim mends it.
        tables.Places.Put(element.Place, hop.LeavesLine ? place with { OrderKey = null, Line = 0 } : place);
    }

    private void Enqueue(ElementRow element, Place place, Hop hop, Destination.Enqueue to)
    {
        Place arrived = Arrive(place, hop, to.Slot, hop.Detail);
        Place waiting = arrived with
        {
            Due = to.Delay is { } delay ? clock.Now + delay.ToMicroseconds() : to.Due?.ToMicroseconds(),
            Attempts = to.Attempts,
        };
        tables.Places.Settle(element.Place, waiting, to.Slot.Held);
    }

    private void Call(ElementRow element, Place place, Hop hop, Destination.Calls to)
    {
        Place arrived = Arrive(place, hop, to.Slot, JournalDetail.Called(to.Elements));
        tables.Places.Put(element.Place, arrived with
        {
            State = ElementState.Calling,
            PendingCalls = to.Elements.Count,
            Join = to.Join,
        });
        for (int slot = 0; slot < to.Elements.Count; slot++)
            intake.InsertCalled(to.Elements[slot], new CallerRef(hop.Key, hop.Id, hop.From + 1, slot));
    }

    private void AwaitSignal(ElementRow element, Place place, Hop hop, Destination.AwaitSignal to)
    {
        Place arrived = Arrive(place, hop, to.Slot, hop.Detail) with
        {
            State = ElementState.AwaitingSignal,
            AwaitedSignal = to.Signal,
            Due = to.Due?.ToMicroseconds(),
        };
        tables.Places.Put(element.Place, arrived);
        signals.TakeKept(new ElementRow(hop.Id, arrived.Node, arrived.Hop, arrived));
    }

    private void Sideline(ElementRow element, Place place, Hop hop, Destination.Sideline to)
    {
        QueueSlot slot = to.Slot ?? new QueueSlot(to.Node, place.Rank, place.OrderKey);
        Place arrived = Arrive(place, hop, slot, hop.Detail);
        tables.Sidelined.Insert(hop.Key, to.Failure);
        tables.Places.Put(element.Place, arrived with
        {
            State = ElementState.Sidelined,
            Attempts = to.Failure.Attempts,
        });
    }

    private void End(ElementRow element, Hop hop, Destination.End to)
    {
        tables.Places.Remove(element.Place);
        tables.Elements.Delete(hop.Key);
        tables.Replies.Clear(hop.Key);
        signals.Forget(hop.Key);
        Journal(hop, tables.Elements.NodeNumber(hop.Node), hop.Detail);
        if (hop.Caller is null)
            tables.Tickets.End(hop.Key, to);
    }

    // What an arrival at a slot has in common, whatever the element then does there.
    private Place Arrive(Place place, Hop hop, QueueSlot slot, string? detail)
    {
        long node = tables.Elements.Move(hop, slot.Node);
        long number = Journal(hop, node, detail);
        return place.Slotted(node, slot, number) with
        {
            Hop = hop.From + 1,
            Owner = null,
            Due = null,
            Attempts = 0,
            PendingCalls = 0,
        };
    }

    private static CancelMark After(CancelMark mark, CancelStance stance) => stance switch
    {
        CancelStance.CarriesOut => CancelMark.CarriedOut,
        CancelStance.Refuses when mark == CancelMark.Pending => CancelMark.None,
        _ => mark,
    };

    private long Journal(Hop hop, long node, string? detail) =>
        journal.Write(hop.Kind, hop.Id, hop.From + 1, node, detail, hop.Worked, hop.Facts);
}

/// <summary>The tables that a move writes.</summary>
internal sealed record MoveTables(
    ElementRows Elements, Places Places, Replies Replies, SidelinedRows Sidelined, Tickets Tickets);
