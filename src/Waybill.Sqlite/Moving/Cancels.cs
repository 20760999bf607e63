using Waybill.Sqlite.Changing;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Asks elements, and what they called, to cancel.</summary>
internal sealed class Cancels(MoveTables tables, Changes changes, JournalWriter journal)
{
    public CancelOutcome Request(CancelRequest request)
    {
        if (tables.Elements.Find(request.Target) is not { } element)
            return tables.Tickets.Find(request.Target) is null ? CancelOutcome.NotFound : CancelOutcome.TooLate;
        if (element.Place.Cancel != CancelMark.None)
            return CancelOutcome.AlreadyRequested;
        Mark(element, request.Detail);
        return CancelOutcome.Requested;
    }

    /// <summary>
    /// The same for a request in the ledger. One that finds an earlier cancel is pending beside it.
    /// </summary>
    public void Request(ChangeRequest request, ElementRow element, string detail)
    {
        if (element.Place.Cancel == CancelMark.None)
            Mark(element, detail, request);
        else
            changes.Reach(request, element);
    }

    /// <summary>
    /// Asks all that an element called and that is in flight; one that was asked before is left alone. Without a
    /// request, what nobody owns and stands at a node that is past the point of no return is not asked.
    /// </summary>
    public void RequestCalled(ElementId caller, string? detail, ChangeRequest? request = null,
        IReadOnlyCollection<long>? past = null)
    {
        foreach (ElementRow called in tables.Elements.CalledBy(caller))
        {
            if (called.Place.Cancel == CancelMark.None)
                Mark(called, detail, request, past);
        }
    }

    private void Mark(ElementRow element, string? detail, ChangeRequest? request = null,
        IReadOnlyCollection<long>? past = null)
    {
        // Past its point of no return it goes on as if nobody had asked, and so does what it called.
        bool isPast = request is null
            ? element.Place.State != ElementState.Owned && past?.Contains(element.Node) == true
            : !changes.Reach(request, element);
        if (isPast)
            return;
        journal.Write(JournalKind.CancelRequested, element.Id, element.Hop, element.Node, detail);
        Place marked = element.Place with { Cancel = CancelMark.Pending };
        switch (marked.State)
        {
            case ElementState.Owned:
                tables.Places.Put(element.Place, marked);
                break;
            case ElementState.Calling:
                // It goes on when what it called has returned, so that nothing is left behind.
                tables.Places.Put(element.Place, marked);
                RequestCalled(element.Id, detail, request, past);
                break;
            default:
                BringForward(element, marked);
                break;
        }
    }

    private void BringForward(ElementRow element, Place marked)
    {
        tables.Sidelined.Delete(element.Place);
        // A member of a batch leaves it: the others and the batch do not wait for what becomes of it.
        Place first = marked with { Rank = int.MinValue, Due = null, Batch = null };
        // Without replies it will not run, only be cancelled, so its line need not hold it up. With replies it may run.
        if (tables.Replies.HasAny(element.Key))
            tables.Places.PutWaiting(element.Place, first);
        else
            tables.Places.Put(element.Place, first with { State = ElementState.Ready });
    }
}
