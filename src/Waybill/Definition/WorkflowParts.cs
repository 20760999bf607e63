namespace Waybill.Definition;

/// <summary>What a workflow's definition has said so far.</summary>
internal sealed record WorkflowParts(
    Node? Start,
    Node? CancelNode,
    IReadOnlyList<NodeDefinition> Nodes,
    IReadOnlyList<UpgradeDefinition> Upgrades)
{
    /// <summary>The changes that its elements can be asked for.</summary>
    public IReadOnlyList<ChangeDefinition> Changes { get; init; } = [];

    /// <summary>What readers of the journal are told of its data.</summary>
    public IReadOnlyList<SearchDefinition> Search { get; init; } = [];

    /// <summary>Nodes at which a cancel is too late.</summary>
    public IReadOnlyList<Node> PastCancel { get; init; } = [];

    public static WorkflowParts Empty { get; } = new(null, null, [], []);

    public WorkflowParts Add(NodeDefinition node) => this with { Nodes = [.. Nodes, node] };

    public WorkflowParts Add(ChangeDefinition change) => this with { Changes = [.. Changes, change] };

    public WorkflowParts Add(SearchDefinition search) => this with { Search = [.. Search, search] };

    public WorkflowParts Add(IEnumerable<UpgradeDefinition> upgrades) =>
        this with { Upgrades = [.. Upgrades, .. upgrades] };
}
