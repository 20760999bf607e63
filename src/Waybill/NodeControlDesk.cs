using Waybill.Definition;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// What operators can do with nodes: pause, resume, limit. It holds for all processes of the site, also for those that
/// start later, until it is taken back; running workers obey within <see cref="SiteOptions.PollInterval"/>. Acts of
/// several people at once on one node come one after the other. Thread-safe.
/// </summary>
public sealed class NodeControlDesk
{
    private const int PageSize = 1000;

    private readonly SiteDefinition site;
    private readonly IRecordStore records;

    internal NodeControlDesk(SiteDefinition site, ISiteStore store)
    {
        this.site = site;
        records = store.Records;
    }

    /// <summary>What operators say of a node.</summary>
    /// <param name="node">A node of the site.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ArgumentException">The site has no such node.</exception>
    public async Task<NodeControl> GetAsync(NodeAddress node, CancellationToken cancel = default) =>
        NodeControl.Of(node, await FindAsync(node, cancel));

    /// <summary>All nodes of the site of which operators have ever said anything, in the order of that.</summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<IReadOnlyList<NodeControl>> ListAsync(CancellationToken cancel = default)
    {
        Dictionary<string, NodeAddress> nodes =
            site.Nodes.ToDictionary(node => node.Address.ToString(), node => node.Address);
        List<NodeControl> found = [];
        for (PageRequest? page = new(PageSize); page is not null;)
        {
            Page<StoredRecord> part = await records.ListAsync(
                new RecordFilter(NodeControl.RecordKind), page, cancel);
            foreach (StoredRecord record in part.Items)
            {
                // Another process may run another version of the workflows.
                if (nodes.TryGetValue(record.Key.Name, out NodeAddress? node))
                    found.Add(NodeControl.Of(node, record));
            }

            page = part.Next is { } next ? new PageRequest(PageSize, next) : null;
        }

        return found;
    }

    /// <summary>Stops a node: see <see cref="NodeControl.IsPaused"/>. Durable when the task completes.</summary>
    /// <param name="node">A node of the site.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>What holds now.</returns>
    /// <exception cref="ArgumentException">The site has no such node.</exception>
    public Task<NodeControl> PauseAsync(NodeAddress node, Actor actor, CancellationToken cancel = default) =>
        ChangeAsync(node, actor, control => control with { IsPaused = true }, cancel);

    /// <summary>Lets a node go on, within the limits that it has. Durable when the task completes.</summary>
    /// <param name="node">A node of the site.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>What holds now.</returns>
    /// <exception cref="ArgumentException">The site has no such node.</exception>
    public Task<NodeControl> ResumeAsync(NodeAddress node, Actor actor, CancellationToken cancel = default) =>
        ChangeAsync(node, actor, control => control with { IsPaused = false }, cancel);

    /// <summary>Sets the limits of a node, in place of those set before. Durable when the task completes.</summary>
    /// <param name="node">A node of the site that runs its elements.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>What holds now.</returns>
    /// <exception cref="ArgumentException">The site has no such node, or it is an aggregation queue.</exception>
    public Task<NodeControl> LimitAsync(
        NodeAddress node, NodeLimits limits, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (Checked(node).Definition.Hold is not null)
        {
            throw new ArgumentException(
                $"{node} is an aggregation queue, which runs nothing that could be limited. Pause it, or release by "
                + "hand.",
                nameof(node));
        }

        return ChangeAsync(
            node,
            actor,
            control => control with { ConcurrencyMax = limits.ConcurrencyMax, RatePerSecond = limits.RatePerSecond },
            cancel);
    }

    private async Task<NodeControl> ChangeAsync(
        NodeAddress node, Actor actor, Func<NodeControl, NodeControl> change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        while (true)
        {
            StoredRecord? before = await FindAsync(node, cancel);
            byte[] value = change(NodeControl.Of(node, before)).ToValue(actor);
            RecordWrite write = new(NodeControl.KeyOf(node), value) { Expected = before?.Revision ?? 0 };
            // Somebody else was faster when it is refused: then their act comes before this one.
            if (await records.WriteAsync([write], cancel))
                return await GetAsync(node, cancel);
        }
    }

    private async Task<StoredRecord?> FindAsync(NodeAddress node, CancellationToken cancel)
    {
        Checked(node);
        return (await records.ReadAsync([NodeControl.KeyOf(node)], cancel))[0];
    }

    private PlacedNode Checked(NodeAddress node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return site.Find(node)
            ?? throw new ArgumentException($"No workflow of this site has a node {node}.", nameof(node));
    }
}
