using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>
/// What a transaction needs to lock and load before it can decide anything. Grows while it finds out more.
/// </summary>
internal sealed class BoardRequest
{
    /// <summary>The worker whose epoch must be live; null when nobody's is asked for.</summary>
    public WorkerEpoch? Epoch { get; init; }

    /// <summary>Elements whose places are locked and loaded.</summary>
    public SortedSet<long> Keys { get; } = [];

    /// <summary>Elements that move: their element rows are locked as well.</summary>
    public List<long> Movers { get; } = [];

    /// <summary>Names that attached writes contend for.</summary>
    public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines that are locked, and how many of those who stand at their front are loaded.</summary>
    public Dictionary<LineKey, int> Lines { get; } = [];

    /// <summary>Elements of which all that they called, and all below, is locked and loaded.</summary>
    public HashSet<Guid> Callers { get; } = [];

    /// <summary>Batch elements of which all members are locked and loaded.</summary>
    public HashSet<long> Batches { get; } = [];

    /// <summary>Whether the change requests that are pending at the elements are loaded.</summary>
    public bool LoadsMarks { get; set; }

    /// <summary>Change requests that are loaded, with the elements that they have reached.</summary>
    public HashSet<Guid> Requests { get; } = [];

    /// <summary>Change requests of which all places where they are pending are locked and loaded.</summary>
    public HashSet<long> Withdrawn { get; } = [];

    /// <summary>
    /// Elements of which all that they called and all members of batches, to any depth, are locked and loaded.
    /// </summary>
    public HashSet<long> Families { get; } = [];

    /// <summary>Elements that begin to wait for a signal, which may have been kept for them.</summary>
    public List<(long Key, string Signal)> Waits { get; } = [];

    /// <summary>How many numbers are drawn at the most: for new elements and places in lines.</summary>
    public int NumbersMax { get; set; }

    /// <summary>Asks for a line.</summary>
    /// <param name="line">Which.</param>
    /// <param name="leavers">How many of those who stand in it may leave it.</param>
    /// <returns>Whether this had not been asked for.</returns>
    public bool Need(LineKey line, int leavers)
    {
        if (Lines.TryGetValue(line, out int length) && length > leavers)
            return false;
        Lines[line] = leavers + 1;
        return true;
    }

    /// <summary>Asks for the lines in which elements will stand where they are, and for numbers there.</summary>
    /// <returns>Whether one had not been asked for.</returns>
    public bool NeedLines(Board board, IEnumerable<(long Key, QueueSlot? Slot)> slots)
    {
        bool isMore = false;
        foreach ((long key, QueueSlot? slot) in slots)
        {
            if (board.Find(key) is not { } place || StorableText.OrNull(slot?.OrderKey) is not { } orderKey)
                continue;
            if (!Need(new LineKey(place.Node, orderKey), leavers: 0))
                continue;
            NumbersMax++;
            isMore = true;
        }

        return isMore;
    }

    /// <summary>Asks for a new element's line and numbers.</summary>
    public void NeedSlot(int node, string? orderKey)
    {
        NumbersMax += 2;
        if (orderKey is not null)
            Need(new LineKey(node, orderKey), leavers: 0);
    }
}
