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
        siblings = workflow.Parts.Nodes
            .Select(node => node.Node.Name)
            .ToDictionary(name => name, name => new NodeAddress(workflow.Name, workflow.Version, name));
    }

    public Workflow Workflow { get; }

    public NodeDefinition Definition { get; }

    public NodeAddress Address { get; }

    public bool IsUpgrade { get; }

    public static PlacedNode Of(Workflow workflow, NodeDefinition node) =>
        new(workflow, node, new NodeAddress(workflow.Name, workflow.Version, node.Node.Name), isUpgrade: false);

    public static PlacedNode Of(Workflow workflow, UpgradeDefinition upgrade) => new(
        workflow,
        upgrade.ToOldNode(workflow.Parts.Nodes.First(node => node.Node.Name == upgrade.To.Name)),
        new NodeAddress(workflow.Name, upgrade.FromVersion, upgrade.OldNode.Name),
        isUpgrade: true);

    /// <summary>The address of a node of the workflow.</summary>
    public NodeAddress AddressOf(Node node) => siblings[node.Name];
}
