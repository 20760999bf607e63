using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>What a transaction has decided and has yet to write, gathered so that each table is written once.</summary>
internal sealed class Changes
{
    private int journalNumber;

    public List<ElementChange> Elements { get; } = [];

    public List<NewRow> NewElements { get; } = [];

    public List<long> Ended { get; } = [];

    public List<(long Key, Destination.End End)> Tickets { get; } = [];

    public List<(long Key, Reply Reply)> Replies { get; } = [];

    public List<long> ConsumedReplies { get; } = [];

    public List<(long Key, string Name, ReadOnlyMemory<byte> Payload)> KeptSignals { get; } = [];

    public List<(long Key, string Name, long Number)> TakenSignals { get; } = [];

    public List<(long Key, int Node, Failure Failure)> Sidelined { get; } = [];

    public List<long> NoLongerSidelined { get; } = [];

    public List<(int Node, long Key, HeldRow Row)> Held { get; } = [];

    public List<(int Node, long Key)> NoLongerHeld { get; } = [];

    /// <summary>Elements whose data changes where they stand, and their rows when they are held.</summary>
    public List<(Place Place, ReadOnlyMemory<byte> Data, HeldRow? Row)> Amended { get; } = [];

    public List<JournalRow> Journal { get; } = [];

    /// <summary>Nodes that got ready elements.</summary>
    public HashSet<int> Arrivals { get; } = [];

    /// <summary>An element is not sidelined any more, perhaps since this very transaction.</summary>
    public void TakeFromSideline(long key)
    {
        NoLongerSidelined.Add(key);
        Sidelined.RemoveAll(row => row.Key == key);
    }

    /// <summary>An element is not held any more, perhaps since this very transaction.</summary>
    public void TakeFromHold(Place place)
    {
        NoLongerHeld.Add((place.Node, place.Key));
        Held.RemoveAll(row => row.Key == place.Key);
    }

    /// <summary>The next place among the journal rows of this transaction.</summary>
    public int NextJournalNumber() => ++journalNumber;

    public void Write(
        JournalKind kind, Guid element, int hop, int node, TimeSpan worked, string? detail, string? facts) =>
        Journal.Add(new JournalRow(NextJournalNumber(), kind, element, hop, node, worked, detail, facts));

    /// <summary>Journals what happened to an element, at the hop and node where it is now.</summary>
    public void Write(JournalKind kind, Place place, string? detail = null, string? facts = null) =>
        Write(kind, place.Id, place.ElementHop, place.ElementNode, default, detail, facts);
}

/// <summary>What a hop does to an element row.</summary>
internal sealed record ElementChange(Place Place, bool Arrives, string? Failure, ReadOnlyMemory<byte> Data);

/// <summary>An element that is inserted.</summary>
internal sealed record NewRow(Place Place, string BusinessKey, ReadOnlyMemory<byte> Data, string? Trace);

/// <summary>A journal row that is inserted.</summary>
internal readonly record struct JournalRow(
    int Number, JournalKind Kind, Guid Element, int Hop, int Node, TimeSpan Worked, string? Detail, string? Facts);
