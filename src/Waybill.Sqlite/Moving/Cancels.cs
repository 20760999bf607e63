using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Asks elements, and what they called, to cancel.</summary>
internal sealed class Cancels(
    ElementRows elements, Tickets tickets, Places places, Replies replies, SidelinedRows sidelined,
    JournalWriter journal)
{
    public CancelOutcome Request(CancelRequest request)
    {
        if (elements.Find(request.Target) is not { } element)
            return tickets.Find(request.Target) is null ? CancelOutcome.NotFound : CancelOutcome.TooLate;
        if (element.Place.Cancel != CancelMark.None)
            return CancelOutcome.AlreadyRequested;
        Mark(element, request.Detail);
        return CancelOutcome.Requested;
    }

    /// <summary>
    /// Asks all that an element called and that is in flight; one that was asked before is left alone.
    /// </summary>
    public void RequestCalled(ElementId caller, string? detail)
    {
        foreach (ElementRow called in elements.CalledBy(caller))
        {
            if (called.Place.Cancel == CancelMark.None)
                Mark(called, detail);
        }
    }

    private void Mark(ElementRow element, string? detail)
    {
        journal.Write(JournalKind.CancelRequested, element.Id, element.Hop, element.Node, detail);
        Place marked = element.Place with { Cancel = CancelMark.Pending };
        switch (marked.State)
        {
            case ElementState.Owned:
                places.Put(element.Place, marked);
                break;
            case ElementState.Calling:
                // It goes on when what it called has returned, so that nothing is left behind.
                places.Put(element.Place, marked);
                RequestCalled(element.Id, detail);
                break;
            default:
                BringForward(element, marked);
                break;
        }
    }

    private void BringForward(ElementRow element, Place marked)
    {
        sidelined.Delete(element.Place);
        // A member of a batch leaves it: the others and the batch do not wait for what becomes of it.
        Place first = marked with { Rank = int.MinValue, Due = null, Batch = null };
        // Without replies it will not run, only be cancelled, so its line need not hold it up. With replies it may run.
        if (replies.HasAny(element.Key))
            places.PutWaiting(element.Place, first);
        else
            places.Put(element.Place, first with { State = ElementState.Ready });
    }
}
