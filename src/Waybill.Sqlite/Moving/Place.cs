using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>One row of the table <c>place</c>: where an element stands.</summary>
internal sealed record Place
{
    public required long Key { get; init; }

    public required long Node { get; init; }

    public ElementState State { get; init; }

    public int Rank { get; init; }

    /// <summary>
    /// When a delayed one becomes ready or a wait for a signal runs out, in microseconds; a blocked one keeps it for
    /// later.
    /// </summary>
    public long? Due { get; init; }

    public long? Owner { get; init; }

    /// <summary>The element's hop when its place was last written.</summary>
    public int Hop { get; init; }

    public int Attempts { get; init; }

    /// <summary>The key of the line of per-key order in which it stands; null for none.</summary>
    public string? OrderKey { get; init; }

    /// <summary>Its position in the line: smaller goes first.</summary>
    public long Line { get; init; }

    public int PendingCalls { get; init; }

    public JoinMode Join { get; init; }

    /// <summary>The signal that it waits for, or waited for when it became ready.</summary>
    public string? AwaitedSignal { get; init; }

    public CancelMark Cancel { get; init; }

    /// <summary>How often the element's data was amended where it stood.</summary>
    public int Revision { get; init; }

    /// <summary>How many requests, cancels apart, its next hop has to answer.</summary>
    public int Changes { get; init; }

    /// <summary>The key of the batch element that it is a member of.</summary>
    public long? Batch { get; init; }

    public bool IsInSameLineAs(Place other) => Node == other.Node && OrderKey == other.OrderKey;

    /// <summary>
    /// The place moved to a slot: at its old position when it stays in the line, else at the end of the new one.
    /// </summary>
    /// <param name="node">The slot's node.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="number">A number above all that were given out before.</param>
    public Place Slotted(long node, QueueSlot slot, long number)
    {
        bool stays = slot.OrderKey is not null && Node == node && OrderKey == slot.OrderKey;
        return this with
        {
            Node = node,
            Rank = slot.Rank,
            OrderKey = slot.OrderKey,
            Line = stays ? Line : slot.OrderKey is null ? 0 : number,
        };
    }
}

/// <summary>How a requested cancel stands.</summary>
internal enum CancelMark
{
    None = 0,
    Pending = 1,
    CarriedOut = 2,
}
