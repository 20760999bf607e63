using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Delivers signals, and keeps those that nobody waits for yet.</summary>
internal sealed class Signals(
    Database database, ElementRows elements, Places places, Replies replies, JournalWriter journal)
{
    private readonly Statement keep = database.Keep("INSERT INTO kept_signal (key, name, payload) VALUES (?1, ?2, ?3)");
    private readonly Statement takeOldest = database.Keep(
        "DELETE FROM kept_signal WHERE number = (SELECT MIN(number) FROM kept_signal WHERE key = ?1 AND name = ?2) "
        + "RETURNING payload");

    private readonly Statement forget = database.Keep("DELETE FROM kept_signal WHERE key = ?1");

    /// <returns>False when its element is not in flight.</returns>
    public bool Deliver(SignalDelivery signal)
    {
        if (elements.Find(signal.Target) is not { } element)
            return false;
        if (element.Place.State == ElementState.AwaitingSignal && element.Place.AwaitedSignal == signal.Name)
            Take(element, signal.Name, signal.Payload);
        else
            keep.Bind(1, element.Key).Bind(2, signal.Name).BindText(3, signal.Payload.Span).Run();
        return true;
    }

    /// <summary>
    /// Gives an element that has begun to wait the oldest signal of that name that was kept for it, if any.
    /// </summary>
    public void TakeKept(ElementRow element)
    {
        string name = element.Place.AwaitedSignal!;
        byte[]? payload = takeOldest.Bind(1, element.Key).Bind(2, name).Read() ? takeOldest.Bytes(0) : null;
        takeOldest.Reset();
        if (payload is not null)
            Take(element, name, payload);
    }

    public void Forget(long key) => forget.Bind(1, key).Run();

    private void Take(ElementRow element, string name, ReadOnlyMemory<byte> payload)
    {
        replies.Put(element.Key, new Reply(0, Ending.Finished, payload, Reason: null));
        places.PutWaiting(element.Place, element.Place with { Due = null });
        journal.Write(JournalKind.Signalled, element.Id, element.Hop, element.Node, JournalDetail.Signalled(name));
    }
}
