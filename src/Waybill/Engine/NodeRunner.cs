namespace Waybill.Engine;

/// <summary>Runs the code of one hosted node on the elements that are ready in memory, within the node's limits.</summary>
internal sealed class NodeRunner
{
}
