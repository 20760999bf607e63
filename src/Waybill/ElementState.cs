namespace Waybill;

/// <summary>What an element is doing at its place. Every element is in exactly one of these states.</summary>
public enum ElementState
{
    /// <summary>Waits in its node's queue and can be claimed now.</summary>
    Ready = 0,

    /// <summary>Waits for an instant (a retry's backoff or a <c>Wait</c>) and becomes ready by itself.</summary>
    Delayed = 1,

    /// <summary>Waits behind an earlier element of the same key at a node that asks for per-key order.</summary>
    Blocked = 2,

    /// <summary>Claimed by a worker, which runs it or hands it on in memory.</summary>
    Owned = 3,

    /// <summary>Waits for the workflows that it called.</summary>
    Calling = 4,

    /// <summary>Waits for a signal, perhaps until an instant.</summary>
    AwaitingSignal = 5,

    /// <summary>Out of its queue after its retries ran out; waits for a person.</summary>
    Sidelined = 6,

    /// <summary>Held in an aggregation queue until it is released.</summary>
    Held = 7,

    /// <summary>Member of a batch; goes on when the batch is done.</summary>
    Batched = 8,
}
