namespace Waybill.Stores;

/// <summary>
/// One move of one element, as the store writes it: new data, new place, journal row, and all that goes with it.
/// Fenced by <see cref="Key"/> and <see cref="From"/>; applied, it leaves the element at hop <c>From + 1</c>.
/// </summary>
public sealed record Hop
{
    /// <summary>The store's own number of the element, from the claim.</summary>
    public required long Key { get; init; }

    /// <summary>The element.</summary>
    public required ElementId Id { get; init; }

    /// <summary>The hop number that the element must still have.</summary>
    public required int From { get; init; }

    /// <summary>
    /// The revision that the element must still have, when a person acts on what was read before; null for any. What a
    /// worker owns cannot be amended, so its hops need none. Another revision is <see cref="HopStatus.Lost"/>.
    /// </summary>
    public int? Revision { get; init; }

    /// <summary>Where the element is now, for the journal row of an element that ends.</summary>
    public required NodeAddress Node { get; init; }

    /// <summary>Where it goes.</summary>
    public required Destination To { get; init; }

    /// <summary>What kind of journal row this hop leaves.</summary>
    public required JournalKind Kind { get; init; }

    /// <summary>The element's data after the hop, UTF-8 JSON. Ignored when it ends.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// Whether the element arrives anew, so that its idempotency key changes. False for a retry at the same node.
    /// </summary>
    public bool Arrives { get; init; } = true;

    /// <summary>How long the handler ran.</summary>
    public TimeSpan Worked { get; init; }

    /// <summary>JSON for the journal row (failure, reason, actor …), or null.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// The failure that a failure route or the sideline takes along, JSON of <see cref="Failure"/>; null clears it.
    /// </summary>
    public string? Failure { get; init; }

    /// <summary>The caller that gets the ending as a reply, when this element was called.</summary>
    public CallerRef? Caller { get; init; }

    /// <summary>
    /// Whether this hop uses up the replies that the element had, or its wait that ran out. Otherwise they are kept for
    /// its next run: a retry, an upgrade, a person's edit.
    /// </summary>
    public bool ConsumesReplies { get; init; }

    /// <summary>
    /// Whether the element stood in a line of a node with per-key order. Only a hand-over needs it, to leave the line:
    /// what has a slot stays in its line when that names the same node and key, and leaves it when it does not.
    /// </summary>
    public bool LeavesLine { get; init; }

    /// <summary>
    /// What the hop means to a pending cancel. An element that ends does so whatever this says.
    /// </summary>
    public CancelStance Cancel { get; init; }

    /// <summary>
    /// Of one that was called and ends without having finished: nodes past the point of no return. When its caller
    /// waits for no more and so the rest is to be cancelled (<see cref="JoinMode.AllOrFirstFailure"/>), what nobody
    /// owns and stands there is not asked, nor is what it called; those that are owned refuse at their next hop.
    /// </summary>
    public IReadOnlyCollection<NodeAddress> PastCancel { get; init; } = [];

    /// <summary>
    /// Answers to the changes that are pending at the element: exactly one for each, else the outcome is <see
    /// cref="HopStatus.ChangePending"/>. An element that ends need not answer.
    /// </summary>
    public IReadOnlyList<ChangeAnswer> Changes { get; init; } = [];

    /// <summary>
    /// What this hop tells readers of the journal, JSON (<see cref="JournalEntry.Facts"/>); null for nothing.
    /// </summary>
    public string? Facts { get; init; }

    /// <summary>Writes to the site's own store that commit with this hop or not at all, in their order.</summary>
    public IReadOnlyList<SiteWrite> Writes { get; init; } = [];

    /// <summary>
    /// Of a batch element: members that leave it with this hop and go on. When it ends, all others do, with its ending.
    /// </summary>
    public IReadOnlyList<MemberReply> Members { get; init; } = [];

    /// <summary>Signals that are delivered with this hop; one to an element that is not in flight is dropped.</summary>
    public IReadOnlyList<SignalDelivery> Signals { get; init; } = [];
}
