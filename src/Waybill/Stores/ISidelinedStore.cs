namespace Waybill.Stores;

/// <summary>Elements that were taken out of their queues and wait for a person.</summary>
public interface ISidelinedStore
{
    /// <summary>A page of those that match, in the order in which they were accepted.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Page<SidelinedElement>> ListAsync(SidelinedFilter filter, PageRequest page, CancellationToken cancel);

    /// <summary>How many match, exactly.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountAsync(SidelinedFilter filter, CancellationToken cancel);

    /// <summary>
    /// Those that match, grouped by node, failure type and message; the largest groups first, at most 1,000.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<SidelinedGroup>> GroupAsync(SidelinedFilter filter, CancellationToken cancel);

    /// <summary>
    /// Carries out a person's decisions as hops, in one transaction. As <see cref="IElementStore.CommitAsync"/>, but
    /// fenced by the state <see cref="ElementState.Sidelined"/> in place of an owner. An element that goes back to the
    /// same node keeps its place in a line of per-key order; <see cref="Destination.HandOver"/> is not allowed.
    /// </summary>
    /// <param name="hops">At most one for each element.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel);
}

/// <summary>Which sidelined elements are meant: all conditions that are given must hold.</summary>
public sealed record SidelinedFilter
{
    /// <summary>All sidelined elements.</summary>
    public static SidelinedFilter All { get; } = new();

    /// <summary>The element.</summary>
    public ElementId? Id { get; init; }

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The node's name.</summary>
    public string? Node { get; init; }

    /// <summary>The whole <see cref="Failure.Type"/>.</summary>
    public string? FailureType { get; init; }

    /// <summary>A part of <see cref="Failure.Message"/>; letter case counts.</summary>
    public string? MessagePart { get; init; }

    /// <summary>Sidelined before this instant. Give the present to freeze a selection.</summary>
    public DateTimeOffset? SidelinedBefore { get; init; }
}

/// <summary>One sidelined element.</summary>
/// <param name="Key">The store's own number.</param>
/// <param name="Id">The element.</param>
/// <param name="BusinessKey">Its business key.</param>
/// <param name="Node">Where its run failed.</param>
/// <param name="Hop">Its hop number; the fence of a decision.</param>
/// <param name="SidelinedAt">Since when.</param>
/// <param name="Failure">Why.</param>
/// <param name="Caller">Who called it.</param>
/// <param name="Data">UTF-8 JSON.</param>
public sealed record SidelinedElement(
    long Key, ElementId Id, string BusinessKey, NodeAddress Node, int Hop, DateTimeOffset SidelinedAt,
    Failure Failure, CallerRef? Caller, ReadOnlyMemory<byte> Data)
{
    /// <summary>How often its data was amended where it stood; with the hop, the fence of a decision.</summary>
    public int Revision { get; init; }

    /// <summary>
    /// The failure that it had brought along a failure route before this one, JSON of <see cref="Waybill.Failure"/>;
    /// null for none.
    /// </summary>
    public string? BroughtFailure { get; init; }

    /// <summary>The key of the line of per-key order in which it keeps its place; null for none.</summary>
    public string? OrderKey { get; init; }
}

/// <summary>Sidelined elements that failed alike.</summary>
/// <param name="Node">Where.</param>
/// <param name="FailureType">The failure's type.</param>
/// <param name="Message">The failure's message, cut at 200 characters.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstAt">When the first of them was sidelined.</param>
/// <param name="LastAt">When the last of them was sidelined.</param>
public sealed record SidelinedGroup(
    NodeAddress Node, string FailureType, string Message, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
