using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>Delivers signals on the board, and keeps those that nobody waits for yet.</summary>
internal sealed class Signals(Board board)
{
    /// <summary>Delivers a signal.</summary>
    /// <returns>False when its element is not in flight.</returns>
    public bool Deliver(long? target, SignalDelivery signal)
    {
        if (target is not { } key || board.Find(key) is not { } place)
            return false;
        string name = StorableText.Of(signal.Name);
        if (place.State == ElementState.AwaitingSignal && place.AwaitedSignal == name)
            Take(place, signal.Payload);
        else
            board.Changes.KeptSignals.Add((key, name, signal.Payload));
        return true;
    }

    /// <summary>
    /// Gives an element that has begun to wait the oldest signal of that name that was kept for it, if any.
    /// </summary>
    public void TakeKept(Place place)
    {
        if (!board.Mailbox.TryGetValue(place.Key, out KeptSignal? kept))
            return;
        board.Changes.TakenSignals.Add((place.Key, place.AwaitedSignal!, kept.Number));
        Take(place, kept.Payload);
    }

    private void Take(Place place, ReadOnlyMemory<byte> payload)
    {
        board.Changes.Replies.Add((place.Key, new Reply(0, Ending.Finished, payload, Reason: null)));
        place.HasReplies = true;
        place.Due = null;
        board.PutWaiting(place, place.Line);
        board.Changes.Write(JournalKind.Signalled, place, JournalDetail.Signalled(place.AwaitedSignal!));
    }
}
