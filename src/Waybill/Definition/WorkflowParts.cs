namespace Waybill.Definition;

/// <summary>What a workflow's definition has said so far.</summary>
internal sealed record WorkflowParts(
    Node? Start,
    Node? CancelNode,
    IReadOnlyList<NodeDefinition> Nodes,
    IReadOnlyList<UpgradeDefinition> Upgrades)
{
    public static WorkflowParts Empty { get; } = new(null, null, [], []);

    public WorkflowParts Add(NodeDefinition node) => this with { Nodes = [.. Nodes, node] };

    public WorkflowParts Add(IEnumerable<UpgradeDefinition> upgrades) =>
        this with { Upgrades = [.. Upgrades, .. upgrades] };
}
