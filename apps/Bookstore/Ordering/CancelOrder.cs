using Bookstore.Domains;
using Bookstore.Paying;
using Waybill;

namespace Bookstore.Ordering;

/// <summary>
/// Undoes what the order still holds, wherever a cancel caught it: its place among those that wait, books that no
/// centre has taken charge of, and money that was set aside and not captured.
/// </summary>
public sealed class CancelOrder : INode<Order>
{
    public ValueTask<Route> RunAsync(Element<Order> element, CancellationToken cancel) =>
        ValueTask.FromResult(Undo(element.Data));

    private static Route Undo(Order order)
    {
        // The last parcel was already on its way when the cancel came.
        if (order.IsShippedInFull)
            return Route.To(Orders.Complete, order);

        bool holdsBooks = order.Outcomes.Count == 0;
        IEnumerable<SqlWrite> releases = holdsBooks
            ? order.Shipments.SelectMany(part => Inventory.Release(order.Number, part.Centre, part.Lines))
            : [];
        Order undone = holdsBooks ? order with { Shipments = [] } : order;
        Route route = order.Authorisation is null
            ? Route.To(Orders.Cancelled, undone)
            : Route.Call(
                Payments.Workflow.Call(
                    new Payment(PaymentKind.VoidRest, order.Number, order.Customer!.Card, Money.Zero),
                    $"{order.Number}/void"),
                Orders.Cancelled,
                undone);
        return route.With(releases).With(BackOrders.Forget(order.Number));
    }
}
