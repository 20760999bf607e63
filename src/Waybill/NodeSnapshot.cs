namespace Waybill;

/// <summary>What one node does in this process now, and has done since the worker started.</summary>
/// <param name="Node">The node.</param>
/// <param name="Ready">How many elements wait in memory.</param>
/// <param name="Running">How many runs go on.</param>
/// <param name="Completed">How many hops away from the node were committed, failures not counted.</param>
/// <param name="Retried">How many failed runs will be or were repeated.</param>
/// <param name="Diverted">How many elements went along its failure route.</param>
/// <param name="Sidelined">How many elements were sidelined.</param>
public sealed record NodeSnapshot(
    NodeAddress Node, int Ready, int Running, long Completed, long Retried, long Diverted, long Sidelined);
