using System.Globalization;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Stores;

namespace Waybill.Bench.Workload;

/// <summary>
/// The measured aggregation queue, with three columns, in thirty groups; and a true queue for the same parcels.
/// </summary>
internal sealed class Picklist
{
    private static readonly Node<Parcel> Held = new("picklist");
    private static readonly Node<Parcel, string> Picked = new("picked");
    private static readonly Node<Parcel> Queued = new("queued");
    private static readonly Node<string> Pick = new("pick");

    private static readonly Workflow<string, string> Waves = Workflow<string, string>.Named("waves").StartsAt(Pick)
        .Node(Pick, n => n.Run(wave => Route.Finish(wave.Data)).Finishes());

    private static readonly Workflow<Parcel, string> Holding = Workflow<Parcel, string>.Named("holding").StartsAt(Held)
        .Holds(Held, h => h
            .GroupBy(parcel => $"{parcel.Centre}/{parcel.ShipMethod}")
            .Columns(parcel => new { parcel.Zone, parcel.PromisedBy, parcel.WeightGrams })
            .ReleasesTo(Waves, release => release.Group ?? "all", Picked))
        .Node(Picked, n => n.Run((_, replies) => Route.Finish(replies.Single.Value)).Finishes());

    private static readonly Workflow<Parcel, string> Queueing =
        Workflow<Parcel, string>.Named("queueing").StartsAt(Queued)
            .Node(Queued, n => n.Run(parcel => Route.Finish(parcel.Data.ShipMethod)).Finishes());

    private static readonly string[] Methods = ["ground", "express", "freight", "locker", "courier", "air"];

    private readonly ISiteStore store;
    private readonly HeldTables tables;
    private readonly SiteDefinition site;
    private readonly Random random = new(7);
    private readonly Order[] orders;
    private int made;

    public Picklist(ISiteStore store)
    {
        this.store = store;
        site = SiteDefinition.Checked([Waves, Holding, Queueing], new SiteOptions());
        tables = new HeldTables(site, store);
        Desk = new SiteClient(site, store, TimeProvider.System, new EndingWatch(), NewId).Held(Holding, Held);
        OrderSource source = new(seed: 7);
        orders = [.. Enumerable.Range(0, 1024).Select(_ => source.Next())];
    }

    /// <summary>The queue, to be asked.</summary>
    public HeldDesk<Parcel> Desk { get; }

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
        Parcel parcel = new(
            orders[made % orders.Length],
            $"DC{random.Next(5)}",
            Methods[random.Next(Methods.Length)],
            $"{(char)('A' + random.Next(12))}",
            // Promised at one of the next eight cut-offs, as time goes by: 5,000 parcels an hour.
            DateTimeOffset.UnixEpoch.AddHours((made++ / 5000) + (3 * random.Next(1, 9))),
            random.Next(120, 9000));
        ElementId id = NewId();
        return new NewElement(
            id,
            SiteDefinition.SlotFor(site.StartOf(held ? Holding : Queueing), parcel),
            id.Value.ToString("N", CultureInfo.InvariantCulture),
            site.Codecs.For<Parcel>().Write(parcel));
    }

    private static ElementId NewId() => new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
}

/// <summary>An order on its way through a distribution centre.</summary>
internal sealed record Parcel(
    Order Order, string Centre, string ShipMethod, string Zone, DateTimeOffset PromisedBy, int WeightGrams);
