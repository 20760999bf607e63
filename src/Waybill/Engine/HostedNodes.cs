using Waybill.Definition;

namespace Waybill.Engine;

/// <summary>The nodes that this process hosts, each with its runner.</summary>
internal sealed class HostedNodes : IDisposable
{
    private readonly SiteDefinition site;
    private readonly Dictionary<NodeAddress, NodeRunner> runners = [];

    public HostedNodes(EngineContext context, IServiceProvider services, Outbox outbox, Custody custody)
    {
        site = context.Site;
        Builder = new HopBuilder(context, this);
        foreach (PlacedNode node in context.Site.Nodes.Where(node => IsHosted(node, context.Options)))
        {
            NodeCode code = node.Definition.BuildCode!(new NodeServices(services, context, node));
            runners.Add(node.Address, new NodeRunner(node, code, Builder, outbox, custody, context));
        }

        All = [.. runners.Values];
    }

    public IReadOnlyList<NodeRunner> All { get; }

    public HopBuilder Builder { get; }

    /// <summary>Aggregation queues that are hosted, and where their batches begin, when that is not.</summary>
    public IEnumerable<(NodeAddress Queue, NodeAddress Start)> BatchesRunElsewhere => All
        .Select(runner => runner.Node)
        .Where(node => node is { IsUpgrade: false, Definition.Hold.Target: not null })
        .Select(node => (node.Address, site.StartOf(node.Definition.Hold!.Target!.Workflow).Address))
        .Where(queue => Find(queue.Item2) is null);

    public NodeRunner? Find(NodeAddress address) => runners.GetValueOrDefault(address);

    public void Dispose()
    {
        foreach (NodeRunner runner in All)
            runner.Dispose();
    }

    // An upgrade is hosted where the node is to which it moves the elements.
    private static bool IsHosted(PlacedNode node, SiteOptions options)
    {
        string name = node.IsUpgrade ? node.Definition.Exits[0].Name : node.Address.Node;
        return options.HostedNodes.Count == 0
            || options.HostedNodes.Any(wanted => DefinitionCheck.IsMeant(wanted, node.Address.Workflow, name));
    }
}
