using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>Asks elements, and what they called, to cancel.</summary>
internal sealed class MemoryCancels(MemoryState state, MemoryChanges changes)
{
    public CancelOutcome Request(CancelRequest request)
    {
        if (state.Find(request.Target) is not { } element)
            return state.FindTicket(request.Target) is null ? CancelOutcome.NotFound : CancelOutcome.TooLate;
        if (element.Place.Cancel != CancelMark.None)
            return CancelOutcome.AlreadyRequested;
        Mark(element, request.Detail);
        return CancelOutcome.Requested;
    }

    /// <summary>
    /// The same for a request in the ledger. One that finds an earlier cancel is pending beside it.
    /// </summary>
    public void Request(MemoryRequest request, MemoryElement element)
    {
        if (element.Place.Cancel == CancelMark.None)
            Mark(element, JournalDetail.By(request.Change.Actor), request);
        else
            changes.Reach(request, element);
    }

    /// <summary>
    /// Asks all that an element called and that is in flight; one that was asked before is left alone. Without a
    /// request, what nobody owns and stands at a node that is past the point of no return is not asked.
    /// </summary>
    public void RequestCalled(MemoryElement caller, string? detail, MemoryRequest? request = null,
        IReadOnlyCollection<NodeAddress>? past = null)
    {
        foreach (MemoryElement called in state.CalledBy(caller))
        {
            if (called.Place.Cancel == CancelMark.None)
                Mark(called, detail, request, past);
        }
    }

    private void Mark(MemoryElement element, string? detail, MemoryRequest? request = null,
        IReadOnlyCollection<NodeAddress>? past = null)
    {
        // Past its point of no return it goes on as if nobody had asked, and so does what it called.
        bool isPast = request is null
            ? element.Place.State != ElementState.Owned && past?.Contains(element.Node) == true
            : !changes.Reach(request, element);
        if (isPast)
            return;
        state.Write(JournalKind.CancelRequested, element, detail);
        MemoryPlace marked = element.Place with { Cancel = CancelMark.Pending };
        switch (element.Place.State)
        {
            case ElementState.Owned:
                state.Queues.Put(element, marked);
                break;
            case ElementState.Calling:
                // It goes on when what it called has returned, so that nothing is left behind.
                state.Queues.Put(element, marked);
                RequestCalled(element, detail, request, past);
                break;
            default:
                BringForward(element, marked);
                break;
        }
    }

    private void BringForward(MemoryElement element, MemoryPlace marked)
    {
        element.Sidelined = null;
        element.Held = null;
        // A member of a batch leaves it: the others and the batch do not wait for what becomes of it.
        MemoryPlace first = marked with { Rank = int.MinValue, Due = null, Batch = null };
        // Without replies it will not run, only be cancelled, so its line need not hold it up. With replies it may run.
        if (element.Replies.Count == 0)
            state.Queues.Put(element, first with { State = ElementState.Ready });
        else
            state.Queues.PutWaiting(element, first);
    }
}
