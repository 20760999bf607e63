using Waybill.Stores;

namespace Waybill;

/// <summary>An element that is handed out to a remote worker, with all that the worker needs.</summary>
public sealed record RemoteWork
{
    /// <summary>
    /// The token of this run; whoever knows it can complete the run, extend its lease, or let it fail. Never handed out
    /// twice.
    /// </summary>
    public required string Lease { get; init; }

    /// <summary>How long the lease lasts; extend it before.</summary>
    public required TimeSpan LeaseFor { get; init; }

    /// <summary>How long the run may take in all, however often its lease is extended: the node's timeout.</summary>
    public required TimeSpan RunFor { get; init; }

    /// <summary>Its id.</summary>
    public required ElementId Id { get; init; }

    /// <summary>The key that the business knows it by.</summary>
    public required string BusinessKey { get; init; }

    /// <summary>The node that it is at.</summary>
    public required NodeAddress Node { get; init; }

    /// <summary>How often it has moved.</summary>
    public required int Hop { get; init; }

    /// <summary>Which run at this node this is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The same for every run at this node until the element moves on.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The trace that the run belongs to, a W3C <c>traceparent</c>; null when there is none.</summary>
    public string? Trace { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The element that called it; null for one that was submitted.</summary>
    public ElementId? Caller { get; init; }

    /// <summary>Whether a cancel was requested while it waited for replies.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Why it came here, when it came along a failure route.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What it carries, UTF-8 JSON as it is stored, with members that this process does not know.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What came back from calls, or a signal's payload.</summary>
    public IReadOnlyList<Reply> Replies { get; init; } = [];

    /// <summary>True when it waited for a signal until the instant that it had named.</summary>
    public bool TimedOut { get; init; }
}
