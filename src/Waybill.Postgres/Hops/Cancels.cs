using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>Asks elements on the board, and what they called, to cancel.</summary>
internal sealed class Cancels(Board board, LedgerRules? ledger = null)
{
    /// <summary>Asks one element that is in flight.</summary>
    public CancelOutcome Request(Place place, string? detail)
    {
        if (place.Cancel != CancelMark.None)
            return CancelOutcome.AlreadyRequested;
        Mark(place, detail);
        return CancelOutcome.Requested;
    }

    /// <summary>
    /// The same for a request of the ledger. One that finds an earlier cancel is pending beside it.
    /// </summary>
    public void Request(Place place, string? detail, LedgerRequest request)
    {
        if (place.Cancel == CancelMark.None)
            Mark(place, detail, request);
        else
            ledger!.Reach(request, place);
    }

    /// <summary>
    /// Asks all that an element called and that is in flight; one that was asked before is left alone. Without a
    /// request, what nobody owns and stands at a node that is past the point of no return is not asked.
    /// </summary>
    public void RequestCalled(Place caller, string? detail, LedgerRequest? request = null,
        IReadOnlyCollection<int>? past = null)
    {
        // What it called in this very transaction was not there when the board was loaded.
        IEnumerable<long> calledNow = board.Changes.NewElements
            .Where(row => row.Place.Caller?.Id.Value == caller.Id).Select(row => row.Place.Key);
        foreach (long key in board.Called[caller.Id].Concat(calledNow).ToList())
        {
            if (board.Find(key) is { Cancel: CancelMark.None } called)
                Mark(called, detail, request, past);
        }
    }

    private void Mark(Place place, string? detail, LedgerRequest? request = null,
        IReadOnlyCollection<int>? past = null)
    {
        // Past its point of no return it goes on as if nobody had asked, and so does what it called.
        bool isPast = request is null
            ? place.State != ElementState.Owned && past?.Contains(place.ElementNode) == true
            : !ledger!.Reach(request, place);
        if (isPast)
            return;
        board.Changes.Write(JournalKind.CancelRequested, place, detail);
        place.Cancel = CancelMark.Pending;
        switch (place.State)
        {
            case ElementState.Owned:
                board.Put(place, place.Line);
                break;
            case ElementState.Calling:
                // It goes on when what it called has returned, so that nothing is left behind.
                board.Put(place, place.Line);
                RequestCalled(place, detail, request, past);
                break;
            default:
                BringForward(place);
                break;
        }
    }

    private void BringForward(Place place)
    {
        if (place.State == ElementState.Sidelined)
            board.Changes.TakeFromSideline(place.Key);
        if (place.State == ElementState.Held)
            board.Changes.TakeFromHold(place);
        place.Batch = null;
        place.Rank = int.MinValue;
        place.Due = null;
        // Without replies it will not run, only be cancelled, so its line need not hold it up. With replies it may run.
        if (place.HasReplies)
        {
            board.PutWaiting(place, place.Line);
        }
        else
        {
            place.State = ElementState.Ready;
            board.Put(place, place.Line);
        }
    }
}
