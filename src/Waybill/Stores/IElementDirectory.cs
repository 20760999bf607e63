namespace Waybill.Stores;

/// <summary>Looks at the elements in flight. Each call reads one snapshot and changes nothing.</summary>
public interface IElementDirectory
{
    /// <summary>One element with its data; null when it is not in flight.</summary>
    /// <param name="element">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<ElementDetails?> FindAsync(ElementRef element, CancellationToken cancel);

    /// <summary>A page of the elements that match, oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Page<ElementSummary>> ListAsync(ElementFilter filter, PageRequest page, CancellationToken cancel);

    /// <summary>How many match, exactly.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountAsync(ElementFilter filter, CancellationToken cancel);

    /// <summary>How many match at each node and state, exactly; only pairs that occur.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<NodeCount>> CountByNodeAsync(ElementFilter filter, CancellationToken cancel);
}

/// <summary>Which elements are meant: all conditions that are given must hold.</summary>
public sealed record ElementFilter
{
    /// <summary>All elements.</summary>
    public static ElementFilter All { get; } = new();

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>The workflow's version.</summary>
    public int? Version { get; init; }

    /// <summary>The node's name.</summary>
    public string? Node { get; init; }

    /// <summary>What it is doing.</summary>
    public ElementState? State { get; init; }

    /// <summary>The whole business key.</summary>
    public string? BusinessKey { get; init; }

    /// <summary>The element that called it.</summary>
    public ElementId? Caller { get; init; }

    /// <summary>The batch element that it is a member of.</summary>
    public ElementId? Batch { get; init; }

    /// <summary>Accepted before this instant.</summary>
    public DateTimeOffset? AcceptedBefore { get; init; }
}

/// <summary>An element in a listing.</summary>
/// <param name="Id">The element.</param>
/// <param name="BusinessKey">Its business key.</param>
/// <param name="Node">Where it is.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Hop">Its hop number.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="MovedAt">When its last hop was.</param>
/// <param name="Caller">Who called it.</param>
/// <param name="CancelRequested">Whether a cancel is pending.</param>
public sealed record ElementSummary(
    ElementId Id, string BusinessKey, NodeAddress Node, ElementState State, int Hop,
    DateTimeOffset AcceptedAt, DateTimeOffset MovedAt, ElementId? Caller, bool CancelRequested);

/// <summary>An element with all that it carries.</summary>
/// <param name="Key">The store's own number.</param>
/// <param name="Summary">The listing's columns.</param>
/// <param name="Data">UTF-8 JSON.</param>
/// <param name="Due">When a delayed element becomes ready, or a wait for a signal runs out.</param>
/// <param name="AwaitedSignal">The signal that it waits for.</param>
/// <param name="PendingCalls">How many calls have not returned.</param>
public sealed record ElementDetails(
    long Key, ElementSummary Summary, ReadOnlyMemory<byte> Data, DateTimeOffset? Due, string? AwaitedSignal,
    int PendingCalls)
{
    /// <summary>How often its data was amended where it stood.</summary>
    public int Revision { get; init; }

    /// <summary>The batch element that it is a member of.</summary>
    public ElementId? Batch { get; init; }
}

/// <summary>How many elements are at one node in one state.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">The state.</param>
/// <param name="Count">How many.</param>
public sealed record NodeCount(NodeAddress Node, ElementState State, long Count);
