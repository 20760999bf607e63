using Bookstore.Outside;
using Waybill;

namespace Bookstore.Centre;

/// <summary>Sorts the books of one shipment out of the walk's trolley.</summary>
public sealed class RebinBooks(Pace pace) : INode<Shipment>
{
    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(10);

    public async ValueTask<Route> RunAsync(Element<Shipment> element, CancellationToken cancel)
    {
        await pace.TakeAsync(Takes, cancel);
        return Route.To(Fulfilment.Pack, element.Data);
    }
}

/// <summary>Packs the parcel.</summary>
public sealed class PackParcel(Pace pace) : INode<Shipment>
{
    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(15);

    public async ValueTask<Route> RunAsync(Element<Shipment> element, CancellationToken cancel)
    {
        await pace.TakeAsync(Takes, cancel);
        return Route.To(Fulfilment.Charge, element.Data);
    }
}
