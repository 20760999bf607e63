namespace Waybill.Stores;

/// <summary>Where a hop leaves its element.</summary>
public abstract record Destination
{
    private Destination()
    {
    }

    /// <summary>
    /// Stays owned by the committing worker, which hands it on in memory. Never to a node with per-key order.
    /// </summary>
    /// <param name="Node">The next node.</param>
    public sealed record HandOver(NodeAddress Node) : Destination;

    /// <summary>Goes back to waiting.</summary>
    /// <param name="Slot">Where, and in which order.</param>
    /// <param name="Delay">Becomes ready this long after the store's present; null for no relative delay.</param>
    /// <param name="Due">
    /// Becomes ready at this instant; null for at once. Not together with <paramref name="Delay"/>.
    /// </param>
    /// <param name="Attempts">Runs already used up at this node; 0 on arrival.</param>
    public sealed record Enqueue(QueueSlot Slot, TimeSpan? Delay = null, DateTimeOffset? Due = null, int Attempts = 0)
        : Destination;

    /// <summary>Waits at a node for the endings of the elements that it calls with this hop.</summary>
    /// <param name="Slot">Where it goes on.</param>
    /// <param name="Elements">What is called, at least one; reply <c>n</c> is the ending of the <c>n</c>-th.</param>
    /// <param name="Join">When it goes on.</param>
    public sealed record Calls(QueueSlot Slot, IReadOnlyList<NewElement> Elements, JoinMode Join) : Destination;

    /// <summary>Waits at a node for a signal; one that was kept for it is taken at once.</summary>
    /// <param name="Slot">Where it goes on.</param>
    /// <param name="Signal">The signal's name.</param>
    /// <param name="Due">When it goes on without the signal; null for never.</param>
    public sealed record AwaitSignal(QueueSlot Slot, string Signal, DateTimeOffset? Due) : Destination;

    /// <summary>Leaves its queue and waits for a person. It keeps its place in a line of per-key order.</summary>
    /// <param name="Node">The node whose run failed.</param>
    /// <param name="Failure">Why.</param>
    public sealed record Sideline(NodeAddress Node, Failure Failure) : Destination
    {
        /// <summary>
        /// Its slot at the same node, never held, when the hop gives it other data; with another key it stands last in
        /// that key's line. Null: it keeps its place.
        /// </summary>
        public QueueSlot? Slot { get; init; }
    }

    /// <summary>Ends. The row goes; the ending becomes the ticket's result, or a reply to the caller.</summary>
    /// <param name="Ending">How.</param>
    /// <param name="Result">The result, UTF-8 JSON, when it finished.</param>
    /// <param name="Reason">The reason, when it did not.</param>
    public sealed record End(Ending Ending, ReadOnlyMemory<byte> Result, string? Reason) : Destination;
}

/// <summary>A position in a node's queue.</summary>
/// <param name="Node">The node.</param>
/// <param name="Rank">Lower goes first; 0 is usual.</param>
/// <param name="OrderKey">
/// At a node with per-key order, the key; elements of one key go in the order of their hops here.
/// </param>
/// <param name="Held">
/// At an aggregation queue, the element's row there: it is held, unless it has to wait for an instant first. Never
/// together with an order key, nor where an element waits for calls or a signal.
/// </param>
public sealed record QueueSlot(NodeAddress Node, int Rank = 0, string? OrderKey = null, HeldRow? Held = null);
