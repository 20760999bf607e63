using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>A finished run, ready to be committed.</summary>
/// <param name="Hop">What the store writes.</param>
/// <param name="HandOverTo">
/// The node of this process that gets the element after the commit; a place there is reserved.
/// </param>
internal sealed record PendingHop(Hop Hop, NodeRunner? HandOverTo)
{
    private readonly Hop? unanswered;

    /// <summary>The hop as the run brought it, before any change was applied to its data.</summary>
    public Hop Unanswered => unanswered ?? Hop;

    /// <summary>What the run noted for people, JSON; null for nothing.</summary>
    public string? Milestone { get; init; }

    private PendingHop(PendingHop bare, Hop answered)
        : this(answered, bare.HandOverTo) => (unanswered, Milestone) = (bare.Unanswered, bare.Milestone);

    /// <summary>
    /// The same run with answers to changes. They begin at what the run brought each time: between two commits a change
    /// may have been withdrawn.
    /// </summary>
    public PendingHop WithAnswers(Hop answered) => new(this, answered);
}
