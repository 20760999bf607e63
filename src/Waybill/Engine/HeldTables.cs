using Waybill.Definition;
using Waybill.Serialization;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Has the store make the tables of the site's aggregation queues ready, once, before this process names any of them.
/// </summary>
internal sealed class HeldTables(SiteDefinition site, ISiteStore store)
{
    private readonly HeldQueue[] queues =
        [.. site.Nodes.Where(node => node.Definition.Hold is not null).Select(node => Queue(site, node))];

    private volatile bool areReady;

    public async ValueTask DeclareAsync(CancellationToken cancel)
    {
        if (areReady || queues.Length == 0)
            return;
        await store.Held.DeclareAsync(queues, cancel);
        areReady = true;
    }

    private static HeldQueue Queue(SiteDefinition site, PlacedNode placed)
    {
        HoldDefinition hold = placed.Definition.Hold!;
        Node node = placed.Definition.Node;
        JsonCodec codec = site.Codecs.For(node.DataType);
        return new HeldQueue(
            placed.Address,
            [.. hold.Columns.Select(column => column.ToHeldColumn())],
            data => hold.RowOf(node, codec.ReadObject(data.Span)));
    }
}
