using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>
/// All that the store keeps about one element in flight: its element row, its place row and what hangs on them.
/// </summary>
internal sealed class MemoryElement
{
    public required long Key { get; init; }

    public required ElementId Id { get; init; }

    public required string BusinessKey { get; init; }

    public required CallerRef? Caller { get; init; }

    public string? Trace { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Where it is. Ahead of the place's node while its owner hands it on in memory.</summary>
    public required NodeAddress Node { get; set; }

    public int Hop { get; set; }

    public int ArrivedHop { get; set; }

    public required DateTimeOffset MovedAt { get; set; }

    public required ReadOnlyMemory<byte> Data { get; set; }

    public string? Failure { get; set; }

    /// <summary>How often its data was amended where it stood.</summary>
    public int Revision { get; set; }

    /// <summary>The change requests that are pending at it, by number; cancels are among them.</summary>
    public SortedDictionary<long, MemoryMark> Marks { get; } = [];

    /// <summary>Its row in the table of the aggregation queue where it is held; null when it is not.</summary>
    public MemoryHeldRow? Held { get; set; }

    /// <summary>Set by <see cref="MemoryQueues"/> only, which keeps the queues in step with it.</summary>
    public required MemoryPlace Place { get; set; }

    public SortedDictionary<int, Reply> Replies { get; } = [];

    /// <summary>Signals that came before it waited for them, oldest first.</summary>
    public List<KeptSignal> Mailbox { get; } = [];

    /// <summary>Since when and why it is sidelined; null when it is not.</summary>
    public SidelinedRow? Sidelined { get; set; }

    /// <summary>The place of one that its owner gave back, or lost: ready where the element now is.</summary>
    public MemoryPlace Returned(int attempts) => Place with
    {
        State = ElementState.Ready,
        Owner = null,
        Node = Node,
        Hop = Hop,
        Attempts = attempts,
    };
}

/// <summary>An element's place in its queue.</summary>
internal sealed record MemoryPlace
{
    public required NodeAddress Node { get; init; }

    public required ElementState State { get; init; }

    public int Rank { get; init; }

    /// <summary>
    /// When a delayed one becomes ready or a wait for a signal runs out; a blocked one keeps it for later.
    /// </summary>
    public DateTimeOffset? Due { get; init; }

    public WorkerEpoch? Owner { get; init; }

    /// <summary>The element's hop when its place was last written.</summary>
    public int Hop { get; init; }

    public int Attempts { get; init; }

    /// <summary>The key of the line of per-key order in which it stands; null for none.</summary>
    public string? OrderKey { get; init; }

    public long LineNumber { get; init; }

    public int PendingCalls { get; init; }

    public JoinMode Join { get; init; }

    /// <summary>The signal that it waits for, or waited for when it became ready.</summary>
    public string? AwaitedSignal { get; init; }

    public CancelMark Cancel { get; init; }

    /// <summary>The batch element that it is a member of.</summary>
    public ElementId? Batch { get; init; }

    public LineAddress? Line => OrderKey is null ? null : new LineAddress(Node, OrderKey);
}

/// <summary>How a requested cancel stands.</summary>
internal enum CancelMark
{
    None = 0,
    Pending = 1,
    CarriedOut = 2,
}

/// <summary>Names one line of per-key order.</summary>
internal readonly record struct LineAddress(NodeAddress Node, string OrderKey);

internal sealed record KeptSignal(string Name, ReadOnlyMemory<byte> Payload);

internal sealed record MemoryHeldRow(HeldRow Row, DateTimeOffset At);

internal sealed record SidelinedRow(DateTimeOffset At, Failure Failure);

/// <summary>The receipt of a submitted element, kept after its end.</summary>
internal sealed class MemoryTicket
{
    public required long Number { get; init; }

    /// <summary>As a listing shows it.</summary>
    public required TicketRecord Record { get; set; }
}
