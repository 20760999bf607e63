using Bookstore.Outside;
using Waybill;

namespace Bookstore.Ordering;

/// <summary>The card was declined: some customers name another one after a while, the others are lost.</summary>
public sealed class ReviewPayment(Chance chance, Pace pace) : INode<Order>
{
    private const double NamesAnotherCard = 0.6;
    private static readonly TimeSpan ThinksFor = TimeSpan.FromSeconds(2);

    public ValueTask<Route> RunAsync(Element<Order> element, CancellationToken cancel)
    {
        Order order = element.Data;
        return ValueTask.FromResult(chance.Happens(NamesAnotherCard, "another card", order.Number, order.Cards)
            ? Route.Wait(Orders.Authorise, WithAnotherCard(order), pace.Of(ThinksFor))
            : Route.To(Orders.Cancel, order with { Reason = "card declined" }));
    }

    private static Order WithAnotherCard(Order order) => order with
    {
        Cards = order.Cards + 1,
        Customer = order.Customer! with { Card = $"card-{order.CustomerId}-{order.Cards + 1}" },
    };
}
