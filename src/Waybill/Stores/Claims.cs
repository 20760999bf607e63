namespace Waybill.Stores;

/// <summary>Identifies one life of one worker process at one site. Never reused; higher is later.</summary>
/// <param name="Value">The number, from 1.</param>
public readonly record struct WorkerEpoch(long Value);

/// <summary>How many elements a worker can take at one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Max">How many at the most, from 1.</param>
public sealed record ClaimRequest(NodeAddress Node, int Max);

/// <summary>An element as its new owner gets it.</summary>
public sealed record ClaimedElement
{
    /// <summary>The store's own number of the element: short, and only good at this store.</summary>
    public required long Key { get; init; }

    /// <summary>The element.</summary>
    public required ElementId Id { get; init; }

    /// <summary>Where it is.</summary>
    public required NodeAddress Node { get; init; }

    /// <summary>Its hop number: how often it has moved. The fence.</summary>
    public required int Hop { get; init; }

    /// <summary>
    /// The hop that brought it to this node; stable over retries, so the idempotency key is made from it.
    /// </summary>
    public required int ArrivedHop { get; init; }

    /// <summary>
    /// Which run at this node this is, from 1. Counted at claim: a process that dies mid-run has used one up.
    /// </summary>
    public required int Attempt { get; init; }

    /// <summary>The business key; for a called element the one that its caller gave.</summary>
    public required string BusinessKey { get; init; }

    /// <summary>UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Who gets its ending as a reply; null for one that was submitted and has a ticket.</summary>
    public CallerRef? Caller { get; init; }

    /// <summary>What came back, when it waited for calls or a signal; ordered by slot.</summary>
    public IReadOnlyList<Reply> Replies { get; init; } = [];

    /// <summary>The signal that it waited for; with no reply, the wait ran out.</summary>
    public string? AwaitedSignal { get; init; }

    /// <summary>The failure that it brought along a failure route, JSON of <see cref="Failure"/>.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether a cancel was requested and has not been carried out.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Whether it stands in a line of per-key order.</summary>
    public bool InLine { get; init; }

    /// <summary>The trace that it was taken in with, a W3C <c>traceparent</c>.</summary>
    public string? Trace { get; init; }
}

/// <summary>Who called an element, and what for.</summary>
/// <param name="Key">The caller's store key.</param>
/// <param name="Id">The caller.</param>
/// <param name="Hop">The caller's hop number while it waits; a reply to any other hop is late and ignored.</param>
/// <param name="Slot">Which of the calls of that hop this is, from 0.</param>
public sealed record CallerRef(long Key, ElementId Id, int Hop, int Slot);

/// <summary>What came back from one call, or a signal's payload (slot 0, finished).</summary>
/// <param name="Slot">Which of the calls, from 0.</param>
/// <param name="Ending">How the called element ended.</param>
/// <param name="Value">Its result, UTF-8 JSON, when it finished.</param>
/// <param name="Reason">Why not, when it did not.</param>
public sealed record Reply(int Slot, Ending Ending, ReadOnlyMemory<byte> Value, string? Reason);

/// <summary>An element to give back.</summary>
/// <param name="Key">The store key.</param>
/// <param name="Hop">The hop number that it must still have.</param>
/// <param name="Attempts">Runs used up at its node: one less than its attempt when it was not begun.</param>
public sealed record Release(long Key, int Hop, int Attempts);

/// <summary>Where an element is now.</summary>
/// <param name="Key">The store key.</param>
/// <param name="Hop">Its hop number.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Owner">Its owner, when it is owned.</param>
public sealed record ElementFence(long Key, int Hop, ElementState State, WorkerEpoch? Owner);
