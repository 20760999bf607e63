using Waybill.Stores;

namespace Waybill.Tracking;

/// <summary>An element as tracking knows it.</summary>
public sealed record TrackedElement
{
    /// <summary>The element.</summary>
    public required ElementId Id { get; init; }

    /// <summary>The site that has it.</summary>
    public required string Site { get; init; }

    /// <summary>Its business key; empty when it was accepted before tracking began.</summary>
    public required string BusinessKey { get; init; }

    /// <summary>
    /// Where it is; where it was last, when it has ended. Nodes that are not tracked are passed over.
    /// </summary>
    public required NodeAddress Node { get; init; }

    /// <summary>What it does there.</summary>
    public required TrackedState State { get; init; }

    /// <summary>Its hop number.</summary>
    public required int Hop { get; init; }

    /// <summary>Since when it is in its state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Since when it is at its node.</summary>
    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>When it was accepted; when it was first heard of, if that was before tracking began.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>How it ended; null in flight, or when it ended before tracking began.</summary>
    public Ending? Ending { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who called it.</summary>
    public ElementId? Caller { get; init; }

    /// <summary>The first of its family; itself when nobody called it.</summary>
    public required ElementId Root { get; init; }

    /// <summary>The batch that it is a member of.</summary>
    public ElementId? Batch { get; init; }

    /// <summary>Its search attributes that are not personal, a JSON object.</summary>
    public string? Attributes { get; init; }

    /// <summary>Its personal attributes, a JSON object; null when it has none, or when they were erased.</summary>
    public string? Personal { get; init; }

    /// <summary>Whether it had personal attributes that nobody can read any more.</summary>
    public bool IsErased { get; init; }

    /// <summary>Whether it is in the warehouse.</summary>
    public bool IsArchived { get; init; }
}

/// <summary>One step of an element's history.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Hop">Its hop number afterwards.</param>
/// <param name="Node">Where it was afterwards.</param>
/// <param name="Worked">How long the run took that led to it.</param>
/// <param name="Detail">JSON: who and why, or the failure; null for nothing.</param>
/// <param name="Milestone">A business milestone, JSON with <c>text</c> and <c>data</c>; null for none.</param>
/// <param name="IsErased">Whether there was a detail or milestone that nobody can read any more.</param>
public sealed record TrackedStep(
    DateTimeOffset At, JournalKind Kind, int Hop, NodeAddress Node, TimeSpan Worked, string? Detail, string? Milestone,
    bool IsErased);

/// <summary>How long an element was at a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Waited">How long it waited there: for a run, a retry, an instant, a signal, calls or people.</param>
/// <param name="Worked">How long its runs there took.</param>
/// <param name="Runs">How many runs there were.</param>
public sealed record NodeTime(NodeAddress Node, TimeSpan Waited, TimeSpan Worked, int Runs);

/// <summary>An element with its history, and all that it called.</summary>
/// <param name="Element">The element.</param>
/// <param name="Steps">Its history, oldest first.</param>
/// <param name="Times">How long it was at each node, in the order of its first visits.</param>
/// <param name="Called">What it called, oldest first.</param>
public sealed record FamilyMember(
    TrackedElement Element, IReadOnlyList<TrackedStep> Steps, IReadOnlyList<NodeTime> Times,
    IReadOnlyList<FamilyMember> Called)
{
    /// <summary>This member and all below it.</summary>
    public IEnumerable<FamilyMember> All() => Called.SelectMany(member => member.All()).Prepend(this);
}

/// <summary>A whole family, and the batches that its members were or are in.</summary>
/// <param name="Root">The first element, with all below it.</param>
/// <param name="Batches">The batch elements; each is a family of its own.</param>
public sealed record Family(FamilyMember Root, IReadOnlyList<FamilyMember> Batches);
