using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Lets members go on when they leave their batch.</summary>
internal sealed class Batches(ElementRows elements, Places places, Replies replies, JournalWriter journal)
{
    /// <summary>
    /// Lets members leave with replies of their own, and, when the batch ends, all others with its ending.
    /// </summary>
    public void Reply(Hop hop)
    {
        foreach (MemberReply leaving in hop.Members)
        {
            if (elements.Find(ElementRef.Of(leaving.Member)) is { } member && member.Place.Batch == hop.Key)
                Leave(member, leaving.Reply with { Slot = 0 });
        }

        // An element that was called is no batch.
        if (hop is not { To: Destination.End end, Caller: null })
            return;
        foreach (Place place in places.MembersOf(hop.Key))
            Leave(elements.Find(place.Key)!, new Reply(0, end.Ending, end.Result, end.Reason));
    }

    private void Leave(ElementRow member, Reply reply)
    {
        replies.Put(member.Key, reply);
        places.PutWaiting(member.Place, member.Place with { Batch = null });
        journal.Write(JournalKind.Returned, member.Id, member.Hop, member.Node);
    }
}
