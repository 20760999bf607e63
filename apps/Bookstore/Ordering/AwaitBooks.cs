using Bookstore.Domains;
using Bookstore.Outside;
using Waybill;

namespace Bookstore.Ordering;

/// <summary>
/// Puts the order on the list of those that wait for books, and on to sourcing once receiving says that they are there.
/// It also looks again after a while: books can come free without a delivery.
/// </summary>
public sealed class AwaitBooks(TimeProvider time, Pace pace) : INode<Order, BooksArrived>
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    public ValueTask<Route> RunAsync(Element<Order> element, Replies<BooksArrived> replies, CancellationToken cancel)
    {
        Order order = element.Data;
        bool hasWaited = replies.Count > 0 || replies.TimedOut;
        return ValueTask.FromResult(hasWaited ? GoOn(order) : Wait(order with { BackOrders = order.BackOrders + 1 }));
    }

    private static Route GoOn(Order order) =>
        Route.To(Orders.Source, order).With(BackOrders.Forget(order.Number));

    private Route Wait(Order order) =>
        Route.WaitFor(Orders.BooksArrived, Orders.BackOrder, order, time.GetUtcNow() + pace.Of(LookAgainAfter))
            .With(BackOrders.Register(new BackOrder(order.Number, order.BackOrders, order.Shortages)));
}

/// <summary>Tells a waiting order that its books came in.</summary>
/// <param name="Delivery">The vendor's shipment.</param>
public sealed record BooksArrived(string Delivery);
