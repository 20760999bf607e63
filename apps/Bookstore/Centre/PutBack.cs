using Bookstore.Domains;
using Bookstore.Paying;
using Waybill;

namespace Bookstore.Centre;

/// <summary>
/// Puts the books of a shipment that is not sent back on their shelves; one that was charged is refunded first. A label
/// that the carrier printed and nobody used costs nothing.
/// </summary>
public sealed class PutBack : INode<Shipment, PaymentAnswer>
{
    public ValueTask<Route> RunAsync(
        Element<Shipment> element, Replies<PaymentAnswer> replies, CancellationToken cancel)
    {
        Shipment shipment = element.Data;
        bool owesRefund = shipment.IsCharged && replies.Count == 0;
        return ValueTask.FromResult(owesRefund ? Refund(shipment) : Close(shipment));
    }

    private static Route Refund(Shipment shipment) => Route.Call(
        Payments.Workflow.Call(
            new Payment(PaymentKind.Refund, shipment.Order, shipment.Customer.Card, shipment.Value),
            $"{shipment.Order}/refund"),
        Fulfilment.PutBack,
        shipment);

    private static Route Close(Shipment shipment) =>
        Route.Finish(ShipmentOutcome.NotShipped(shipment.Reason))
            .With(Inventory.Release(shipment.Order, shipment.Centre, shipment.Lines));
}
