namespace Waybill.Tracking;

/// <summary>What is the matter at a node.</summary>
public enum NodeVerdict
{
    /// <summary>It keeps up with what comes.</summary>
    Flowing = 0,

    /// <summary>It works all the time (85 % of what it can or more) and elements wait.</summary>
    Saturated = 1,

    /// <summary>
    /// More comes than goes although it is not at its limit: a rate limit, failures, or nobody runs it.
    /// </summary>
    FallingBehind = 2,

    /// <summary>
    /// Elements stand there because what they called does not come back: it is stuck at another node that is saturated
    /// or falls behind.
    /// </summary>
    BlockedDownstream = 3,
}

/// <summary>How loaded a node was in a window, and what that means.</summary>
/// <param name="Node">The node.</param>
/// <param name="Verdict">What is the matter.</param>
/// <param name="Utilisation">
/// Time that runs took, divided by (runs at once × processes × window); null when the node's limits are not known.
/// A run counts whole, when it ends: the window should be longer than runs are. By hours, <see cref="NodeHour.Busy"/>
/// has each run in the hours in which it went on.
/// </param>
/// <param name="Queued">How many elements wait for a run, a retry or an instant, or are held, now.</param>
/// <param name="Growth">Arrivals less departures in the window.</param>
/// <param name="Calling">How many wait for what they called, now.</param>
/// <param name="BlockedBy">The node at which what they called is stuck; null for none.</param>
/// <param name="MeanService">How long a run took on average.</param>
/// <param name="TimeToDrain">
/// How long the queue would take if nothing more came: at the most that the node can do, else at its pace in the
/// window; null when it made none.
/// </param>
public sealed record NodeLoad(
    NodeAddress Node, NodeVerdict Verdict, double? Utilisation, long Queued, long Growth, long Calling,
    NodeAddress? BlockedBy, TimeSpan MeanService, TimeSpan? TimeToDrain);

/// <summary>Where work is stuck.</summary>
/// <param name="Since">The window's beginning.</param>
/// <param name="Until">The window's end.</param>
/// <param name="Nodes">All nodes with work, the worst first.</param>
public sealed record BottleneckReport(
    DateTimeOffset Since, DateTimeOffset Until, IReadOnlyList<NodeLoad> Nodes)
{
    /// <summary>The node that holds up most; null when all keep up.</summary>
    public NodeLoad? Bottleneck =>
        Nodes.FirstOrDefault(node => node.Verdict is NodeVerdict.Saturated or NodeVerdict.FallingBehind);
}
