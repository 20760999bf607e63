using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>Delivers signals, and keeps those that nobody waits for yet.</summary>
internal sealed class MemorySignals(MemoryState state)
{
    /// <summary>Delivers a signal.</summary>
    /// <returns>False when its element is not in flight.</returns>
    public bool Deliver(SignalDelivery signal)
    {
        if (state.Find(signal.Target) is not { } element)
            return false;
        KeptSignal kept = new(signal.Name, signal.Payload.ToArray());
        if (element.Place.State == ElementState.AwaitingSignal && element.Place.AwaitedSignal == signal.Name)
            Take(element, kept);
        else
            element.Mailbox.Add(kept);
        return true;
    }

    /// <summary>
    /// Gives an element that has begun to wait the oldest signal of that name that was kept for it, if any.
    /// </summary>
    public void TakeKept(MemoryElement element)
    {
        int index = element.Mailbox.FindIndex(kept => kept.Name == element.Place.AwaitedSignal);
        if (index < 0)
            return;
        KeptSignal oldest = element.Mailbox[index];
        element.Mailbox.RemoveAt(index);
        Take(element, oldest);
    }

    private void Take(MemoryElement element, KeptSignal signal)
    {
        element.Replies[0] = new Reply(0, Ending.Finished, signal.Payload, Reason: null);
        state.Queues.PutWaiting(element, element.Place with { Due = null });
        state.Write(JournalKind.Signalled, element, JournalDetail.Signalled(signal.Name));
    }
}
