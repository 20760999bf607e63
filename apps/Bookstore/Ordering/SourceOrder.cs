using Bookstore.Centre;
using Bookstore.Contracts;
using Bookstore.Domains;
using Waybill;

namespace Bookstore.Ordering;

/// <summary>Chooses the centres that send the order and sets the books aside, or finds out what is missing.</summary>
public sealed class SourceOrder(IInventory inventory) : INode<Order>
{
    public async ValueTask<Route> RunAsync(Element<Order> element, CancellationToken cancel)
    {
        Order order = element.Data;
        IReadOnlyList<CentreStock> levels = await inventory.LevelsAsync(
            [.. order.Lines.Select(line => line.Sku).Distinct()], cancel);
        SourcingPlan plan = SourcingPlan.For(
            order.Lines, levels.Select(level => new StockLevel(level.Sku, level.Centre, level.OnHand)));
        if (!plan.IsComplete)
            return Route.To(Orders.BackOrder, order with { Shortages = plan.Shortages });

        Shipment[] shipments =
            [.. plan.ByCentre.Select(part => Shipment.Of(order, part.Key, part.Value, element.AcceptedAt))];
        return Route.To(Orders.Dispatch, order with { Shipments = shipments, Shortages = [] })
            .With(shipments.SelectMany(part => Inventory.Reserve(order.Number, part.Centre, part.Lines)));
    }
}
