namespace Waybill.Tracking;

/// <summary>How much one node can do at once; what utilisation is measured by.</summary>
/// <param name="Node">The node.</param>
/// <param name="RunsAtOnce">How many runs may go on at once in one process.</param>
public sealed record NodeCapacity(NodeAddress Node, int RunsAtOnce);
