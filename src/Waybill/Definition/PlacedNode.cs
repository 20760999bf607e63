namespace Waybill.Definition;

/// <summary>A node in its workflow; or a node of an older version, whose elements are upgraded to this one.</summary>
internal sealed class PlacedNode
{
    private readonly Dictionary<string, NodeAddress> siblings;

    private PlacedNode(Workflow workflow, NodeDefinition definition, NodeAddress address, bool isUpgrade)
    {
        Workflow = workflow;
        Definition = definition;
        Address = address;
        IsUpgrade = isUpgrade;
        IsPastCancel = !isUpgrade && workflow.Parts.PastCancel.Any(node => node.Name == address.Node);
        Priority = definition.Hold?.Target is { } target
            ? workflow.Parts.Nodes.First(node => node.Node.Name == target.ResumesAt.Name).Priority
            : definition.Priority;
        siblings = workflow.Parts.Nodes
            .Select(node => node.Node.Name)
            .ToDictionary(name => name, name => new NodeAddress(workflow.Name, workflow.Version, name));
    }

    public Workflow Workflow { get; }

    public NodeDefinition Definition { get; }

    public NodeAddress Address { get; }

    public bool IsUpgrade { get; }

    /// <summary>Whether a cancel comes too late here.</summary>
    public bool IsPastCancel { get; }

    /// <summary>
    /// Which elements go first: at an aggregation queue, those that will at the node where they go on.
    /// </summary>
    public Func<object, int>? Priority { get; }

    public static PlacedNode Of(Workflow workflow, NodeDefinition node) =>
        new(workflow, node, new NodeAddress(workflow.Name, workflow.Version, node.Node.Name), isUpgrade: false);

    public static PlacedNode Of(Workflow workflow, UpgradeDefinition upgrade) => new(
        workflow,
        upgrade.ToOldNode(workflow.Parts.Nodes.First(node => node.Node.Name == upgrade.To.Name)),
        new NodeAddress(workflow.Name, upgrade.FromVersion, upgrade.OldNode.Name),
        isUpgrade: true);

    /// <summary>
    /// What the workflow declares of a change; null for nothing, and at a node of an older version: there the change
    /// waits for the upgrade.
    /// </summary>
    public ChangeDefinition? Change(string type) =>
        IsUpgrade ? null : Workflow.Parts.Changes.FirstOrDefault(change => change.Type == type);

    /// <summary>What readers of the journal are told of data of a type; null for nothing.</summary>
    public SearchDefinition? SearchOf(Type dataType)
    {
        IReadOnlyList<SearchDefinition> all = Workflow.Parts.Search;
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].DataType == dataType)
                return all[i];
        }

        return null;
    }

    /// <summary>The address of a node of the workflow.</summary>
    public NodeAddress AddressOf(Node node) => siblings[node.Name];
}
