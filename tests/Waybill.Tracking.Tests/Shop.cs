using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public sealed record Order(string Customer, int Parcels, string? Note = null);

public sealed record Parcel(string City);

/// <summary>
/// A site of two workflows on fake time: an order calls a parcel for each of its parts; packing a parcel takes time.
/// </summary>
public sealed class Shop : IAsyncDisposable
{
    public static readonly Node<Order> Accept = new("accept");
    public static readonly Node<Order, string> Complete = new("complete");
    public static readonly Node<Parcel> Pick = new("pick");
    public static readonly Node<Parcel> Pack = new("pack");

    private readonly FakeTime time = new();
    private readonly Workflow<Parcel, string> parcels;
    private readonly Workflow<Order, int> orders;

    public Shop(TimeSpan packing = default, int packers = 4, Func<Parcel, int, bool>? fails = null)
    {
        parcels = Workflow<Parcel, string>.Named("parcels")
            .StartsAt(Pick)
            .Node(Pick, node => node.GoesTo(Pack).Run(element => Route.To(Pack, element.Data)))
            .Node(Pack, node => node.Finishes().Concurrency(packers).Retry(2, Backoff.Fixed(TimeSpan.FromSeconds(5)))
                .Timeout(TimeSpan.FromHours(1))
                .Run(async (element, cancel) =>
                {
                    if (packing > TimeSpan.Zero)
                        await Task.Delay(packing, time, cancel);
                    return fails?.Invoke(element.Data, element.Attempt) == true
                        ? throw new InvalidOperationException("the tape is torn")
                        : Route.Finish($"packed for {element.Data.City}");
                }));
        orders = Workflow<Order, int>.Named("orders")
            .StartsAt(Accept)
            .Node(Accept, node => node.Calls(parcels, Complete).Run(element => Route.Fork(
                Enumerable.Range(0, element.Data.Parcels).Select(i => parcels.Call(new Parcel($"city {i}"))),
                Complete,
                element.Data)))
            .Node(Complete, node => node.Finishes().Run((element, replies) => Route.Finish(replies.Count)));
        Site = new TestSite(new TestSiteSetup { Workflows = [parcels, orders], Time = time });
    }

    public TestSite Site { get; }

    public FakeTime Time => time;

    public ISiteStore Store => Site.Store;

    public async Task<ElementId> SubmitAsync(string key, int parcels = 1, string customer = "ann") =>
        (await Site.Client.SubmitAsync(orders, key, new Order(customer, parcels))).Id;

    public async Task<ElementId> SubmitParcelAsync(string key) =>
        (await Site.Client.SubmitAsync(parcels, key, new Parcel("Lund"))).Id;

    public TrackingFeed Feed(TrackingStore store, string site = "shop", int batchMax = 5000) => new(
        site, Store, store, new TrackingOptions { BatchMax = batchMax }, time)
    {
        Nodes = [.. Site.Client.Nodes.Select(node => new NodeCapacity(node.Node, node.ConcurrencyMax))],
    };

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}

internal static class Pumping
{
    public static async Task<int> PumpAllAsync(this TrackingFeed feed)
    {
        int rows = 0;
        while (await feed.PumpOnceAsync(CancellationToken.None) is > 0 and int taken)
            rows += taken;
        return rows;
    }
}
