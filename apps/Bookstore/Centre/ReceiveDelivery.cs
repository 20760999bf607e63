using Bookstore.Contracts;
using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Outside;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Centre;

/// <summary>Unloads a vendor's shipment: each article goes to its shelf on its own.</summary>
public sealed class UnloadDelivery(Pace pace) : INode<VendorShipment>
{
    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(50);

    public async ValueTask<Route> RunAsync(Element<VendorShipment> element, CancellationToken cancel)
    {
        await pace.TakeAsync(Takes, cancel);
        VendorShipment delivery = element.Data;
        return Route.Fork(
            delivery.Cartons.Select(carton => Stowing.Workflow.Call(
                new ReceivedItem(delivery.Number, delivery.Centre, carton.Sku, carton.Quantity))),
            Receiving.Announce,
            delivery);
    }
}

/// <summary>Puts an article on its shelf: from this hop on it is on hand.</summary>
public sealed class StowItem(Pace pace) : INode<ReceivedItem>
{
    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(10);

    public async ValueTask<Route> RunAsync(Element<ReceivedItem> element, CancellationToken cancel)
    {
        await pace.TakeAsync(Takes, cancel);
        ReceivedItem item = element.Data;
        return Route.Finish(new StowedItem(item.Sku, item.Quantity))
            .With(Inventory.Receive(item.Sku, item.Centre, item.Quantity));
    }
}

/// <summary>Tells the orders that waited for these books.</summary>
public sealed class AnnounceBooks(IInventory inventory) : INode<VendorShipment, StowedItem>
{
    private const int OrdersMax = 50;

    public async ValueTask<Route> RunAsync(
        Element<VendorShipment> element, Replies<StowedItem> replies, CancellationToken cancel)
    {
        StowedItem[] stowed = [.. replies.Where(reply => reply.Ending == Ending.Finished).Select(reply => reply.Value)];
        IReadOnlyList<string> orders = stowed.Length == 0
            ? []
            : await inventory.OrdersThatCanGoOnAsync(
                [.. stowed.Select(item => item.Sku).Distinct()], OrdersMax, cancel);
        Route report = Route.Finish(new DeliveryReport(stowed.Sum(item => item.Quantity), orders.Count));
        return orders.Aggregate(report, (route, order) => route.Sending(
            ElementRef.Of(Orders.Workflow.Name, order), Orders.BooksArrived, new BooksArrived(element.Data.Number)));
    }
}
