using System.Globalization;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Stores;

namespace Waybill.Bench.Workload;

/// <summary>
/// The measured aggregation queue, with three columns, in about thirty groups; and a true queue for the same orders.
/// </summary>
internal sealed class Picklist
{
    private static readonly Node<Order> Held = new("picklist");
    private static readonly Node<Order, string> Picked = new("picked");
    private static readonly Node<Order> Queued = new("queued");
    private static readonly Node<string> Pick = new("pick");

    private static readonly Workflow<string, string> Waves = Workflow<string, string>.Named("waves").StartsAt(Pick)
        .Node(Pick, n => n.Run(wave => Route.Finish(wave.Data)).Finishes());

    private static readonly Workflow<Order, string> Holding = Workflow<Order, string>.Named("holding").StartsAt(Held)
        .Holds(Held, h => h
            .GroupBy(order => $"{order.ShipTo.City}/{order.Customer.Number % 5}")
            .Columns(order => new { order.ShipTo.City, order.Total, order.PlacedAt })
            .ReleasesTo(Waves, release => release.Group ?? "all", Picked))
        .Node(Picked, n => n.Run((_, replies) => Route.Finish(replies.Single.Value)).Finishes());

    private static readonly Workflow<Order, string> Queueing = Workflow<Order, string>.Named("queueing").StartsAt(Queued)
        .Node(Queued, n => n.Run(order => Route.Finish(order.Data.Number)).Finishes());

    private readonly ISiteStore store;
    private readonly HeldTables tables;
    private readonly (QueueSlot Held, QueueSlot Queued, byte[] Json)[] orders;
    private int made;

    public Picklist(ISiteStore store)
    {
        this.store = store;
        SiteDefinition site = SiteDefinition.Checked([Waves, Holding, Queueing], new SiteOptions());
        tables = new HeldTables(site, store);
        Desk = new SiteClient(site, store, TimeProvider.System, new EndingWatch(), NewId).Held(Holding, Held);
        OrderSource source = new(seed: 7);
        orders = [.. Enumerable.Range(0, 1024).Select(_ => source.Next()).Select(order => (
            SiteDefinition.SlotFor(site.StartOf(Holding), order),
            SiteDefinition.SlotFor(site.StartOf(Queueing), order),
            OrderSource.ToJson(order)))];
    }

    /// <summary>The queue, to be asked.</summary>
    public HeldDesk<Order> Desk { get; }

    /// <summary>Opens the store and makes the queue's table.</summary>
    public async Task OpenAsync()
    {
        await store.OpenAsync(CancellationToken.None);
        await tables.DeclareAsync(CancellationToken.None);
    }

    /// <summary>Submits orders, 500 a transaction, two at once; to the one queue or to the other.</summary>
    public async Task InsertAsync(int count, bool held)
    {
        const int BatchMax = 500;
        Queue<Task> underWay = new();
        for (int left = count; left > 0; left -= BatchMax)
        {
            if (underWay.Count == 2)
                await underWay.Dequeue();
            NewElement[] batch = [.. Enumerable.Range(0, Math.Min(left, BatchMax)).Select(_ => Next(held))];
            underWay.Enqueue(store.Elements.AcceptAsync(batch, CancellationToken.None));
        }

        await Task.WhenAll(underWay);
    }

    private NewElement Next(bool held)
    {
        ElementId id = NewId();
        (QueueSlot heldSlot, QueueSlot queuedSlot, byte[] json) = orders[made++ % orders.Length];
        return new NewElement(
            id, held ? heldSlot : queuedSlot, id.Value.ToString("N", CultureInfo.InvariantCulture), json);
    }

    private static ElementId NewId() => new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
}
