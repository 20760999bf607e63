using Waybill.Testing;

namespace Waybill.Stores.Tests.Flight;

/// <summary>Orders call parcels; those are packed, held by city, loaded in waves and sent.</summary>
internal sealed class ParcelFlow
{
    private static readonly Node<Order> Accept = new("accept");
    private static readonly Node<Order, string> Complete = new("complete");
    private static readonly Node<Parcel> Pack = new("pack");
    private static readonly Node<Parcel> Dock = new("dock");
    private static readonly Node<Parcel, string> Send = new("send");
    private static readonly Node<string> Load = new("load");

    private readonly Workflow<Parcel, string> parcels;

    /// <param name="change">The change of a parcel's city, accepted until it has left the dock.</param>
    /// <param name="packed">When a parcel is packed.</param>
    /// <param name="loaded">When a wave is loaded.</param>
    public ParcelFlow(Change<string> change, Func<Task> packed, Func<Task> loaded)
    {
        Workflow<string, string> waves = Workflow<string, string>.Named("waves").StartsAt(Load)
            .Node(Load, node => node.Finishes().Run(async (_, cancel) =>
            {
                await loaded().WaitAsync(cancel);
                return Route.Finish("loaded");
            }));
        parcels = Workflow<Parcel, string>.Named("parcels").StartsAt(Pack)
            .Node(Pack, node => node.GoesTo(Dock).Run(async (element, cancel) =>
            {
                await packed().WaitAsync(cancel);
                return Route.To(Dock, element.Data);
            }))
            .Holds(Dock, hold => hold
                .GroupBy(parcel => parcel.City)
                .Columns(parcel => new { parcel.Grams })
                .ReleasesTo(waves, release => release.Group ?? "all", Send))
            .Node(Send, node => node.Finishes().Run((element, _) => Route.Finish(element.Data.City)))
            .Changes(change, c => c
                .AcceptedAt([Pack, Dock], (parcel, city) => Changed.To(parcel with { City = city }))
                .TooLateFrom(Send));
        Orders = Workflow<Order, string>.Named("orders").StartsAt(Accept)
            .Node(Accept, node => node.Calls(parcels, Complete).Run(element => Route.Fork(
                element.Data.Cities.Select(city => parcels.Call(new Parcel(city, 500))), Complete, element.Data)))
            .Node(Complete, node => node.Finishes().Run((_, replies) => Route.Finish(
                string.Join(' ', replies.Select(reply => reply.Result ?? $"{reply.Ending}")))));
        All = [waves, parcels, Orders];
    }

    public Workflow<Order, string> Orders { get; }

    public IReadOnlyList<Workflow> All { get; }

    public HeldDesk<Parcel> Held(TestSite site) => site.Client.Held(parcels, Dock);

    public sealed record Order(IReadOnlyList<string> Cities);

    public sealed record Parcel(string City, int Grams);
}
