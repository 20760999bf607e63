using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Brings the endings of called elements to their callers.</summary>
internal sealed class Returns(ElementRows elements, Places places, Replies replies, JournalWriter journal)
{
    /// <summary>Brings one ending; a reply to a call that the caller no longer waits for is ignored.</summary>
    /// <returns>Whether the caller goes on without waiting for the rest.</returns>
    public bool Bring(Destination.End end, CallerRef call)
    {
        if (elements.Find(call.Key) is not { } caller
            || caller.Place.State != ElementState.Calling || caller.Place.Hop != call.Hop)
            return false;
        replies.Put(caller.Key, new Reply(call.Slot, end.Ending, end.Result, end.Reason));
        Place place = caller.Place with { PendingCalls = caller.Place.PendingCalls - 1 };
        bool isImpatient = place.Join == JoinMode.AllOrFirstFailure && end.Ending != Ending.Finished;
        if (place.PendingCalls > 0 && !isImpatient)
        {
            places.Put(caller.Place, place);
            return false;
        }

        places.PutWaiting(caller.Place, place);
        journal.Write(JournalKind.Returned, caller.Id, caller.Hop, caller.Node);
        return isImpatient;
    }
}
