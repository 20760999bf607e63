using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>All workflows of a site, checked and indexed. Immutable; shared by the client and the worker.</summary>
internal sealed class SiteDefinition
{
    private readonly Dictionary<NodeAddress, PlacedNode> nodes;
    private readonly HashSet<Workflow> secretive;

    private SiteDefinition(IReadOnlyList<Workflow> workflows, SiteOptions options)
    {
        Workflows = workflows;
        Options = options;
        Codecs = new CodecSet(options.Json, [.. workflows.SelectMany(w => w.Parts.SecretMembers)], options.Keys);
        secretive = [.. workflows.Where(workflow => workflow.Parts.DataTypes.Any(Codecs.HasSecrets))];
        nodes = workflows
            .SelectMany(workflow => workflow.Parts.Nodes.Select(node => PlacedNode.Of(workflow, node))
                .Concat(workflow.Parts.Upgrades.Select(upgrade => PlacedNode.Of(workflow, upgrade))))
            .ToDictionary(placed => placed.Address);
        PastCancel = [.. nodes.Values.Where(node => node.IsPastCancel).Select(node => node.Address)];
    }

    public IReadOnlyList<Workflow> Workflows { get; }

    public SiteOptions Options { get; }

    public CodecSet Codecs { get; }

    /// <summary>Whether any workflow declares changes.</summary>
    public bool HasChanges => Workflows.Any(workflow => workflow.Parts.Changes.Count > 0);

    public IReadOnlyCollection<PlacedNode> Nodes => nodes.Values;

    /// <summary>The nodes at which a cancel is too late.</summary>
    public IReadOnlyList<NodeAddress> PastCancel { get; }

    /// <summary>Checks everything.</summary>
    /// <exception cref="DefinitionException">With all faults.</exception>
    public static SiteDefinition Checked(IEnumerable<Workflow> workflows, SiteOptions options)
    {
        Workflow[] all = [.. workflows];
        string[] faults =
            [.. options.Faults(), .. DefinitionCheck.Faults(all), .. DefinitionCheck.HostingFaults(all, options),
                .. SecretCheck.Faults(all, options)];
        return faults.Length == 0 ? new SiteDefinition(all, options) : throw new DefinitionException(faults);
    }

    /// <summary>Whether what its code says in a failure may be secret, because its data is in part.</summary>
    public bool IsSecretive(Workflow workflow) => secretive.Contains(workflow);

    public PlacedNode? Find(NodeAddress address) => nodes.GetValueOrDefault(address);

    /// <summary>
    /// Where an element with this data stands in the queue of a node; in no line, and not held, when that cannot be
    /// told: the data may be unreadable, or the node's code for its key may throw, and the element must still go
    /// somewhere.
    /// </summary>
    public QueueSlot SlotFor(PlacedNode node, ReadOnlyMemory<byte> data)
    {
        if (node.Definition is { Priority: null, OrderKey: null, Hold: null })
            return new QueueSlot(node.Address);
        try
        {
            return SlotFor(node, Codecs.For(node.Definition.Node.DataType).ReadObject(data.Span));
        }
        catch (Exception)
        {
            return new QueueSlot(node.Address);
        }
    }

    /// <summary>Where an element with this data stands in the queue of a node.</summary>
    public static QueueSlot SlotFor(PlacedNode node, object data) => new(
        node.Address,
        node.Priority is { } priority ? -Math.Max(priority(data), -int.MaxValue) : 0,
        node.Definition.OrderKey?.Invoke(data),
        node.Definition.Hold?.RowOf(node.Definition.Node, data));

    /// <summary>The start node of a workflow that this site defines.</summary>
    public PlacedNode StartOf(Workflow workflow) =>
        Find(new NodeAddress(workflow.Name, workflow.Version, workflow.Parts.Start!.Name))
        ?? throw new ArgumentException(
            $"Workflow {workflow} is not defined at this site; add it where the site is set up.", nameof(workflow));
}
