using Bookstore.Domains;
using Bookstore.Outside;
using Waybill;

namespace Bookstore.Centre;

/// <summary>Gives the parcel to the carrier. The books leave the stock together with the shipment's end.</summary>
public sealed class ShipParcel(Carrier carrier) : INode<Shipment>
{
    public async ValueTask<Route> RunAsync(Element<Shipment> element, CancellationToken cancel)
    {
        Shipment shipment = element.Data;
        string tracking = await carrier.BookAsync(element.IdempotencyKey, shipment.Customer.Country, cancel);
        return Route.Finish(ShipmentOutcome.Shipped(shipment, tracking))
            .With(Inventory.Ship(shipment.Order, shipment.Centre, shipment.Lines))
            .With(Parcels.Sent(element.Id, shipment, tracking))
            .Noting("given to the carrier", new { tracking });
    }
}
