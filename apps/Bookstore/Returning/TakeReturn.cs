using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Outside;
using Bookstore.Paying;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Returning;

/// <summary>Finds the order. One in flight is waited for, and cancelled first when all of it is returned.</summary>
public sealed class MatchReturn(SiteClient site, Inventory inventory, Pace pace) : INode<GoodsReturn>
{
    private static readonly TimeSpan LooksAgainAfter = TimeSpan.FromSeconds(1);

    public async ValueTask<Route> RunAsync(Element<GoodsReturn> element, CancellationToken cancel)
    {
        GoodsReturn goods = element.Data;
        TicketStatus<OrderOutcome>? order = await site.StatusAsync(Orders.Workflow, goods.Order, cancel);
        if (order is null)
            return Route.Fail($"there is no order {goods.Order}");
        if (order.Ending is not null)
            return Settle(goods, await inventory.SentAsync(goods.Order, cancel));

        if (goods.IsWholeOrder)
        {
            Actor customer = new($"return {goods.Number}", "the customer returns all of it");
            await site.CancelAsync(ElementRef.Of(Orders.Workflow.Name, goods.Order), customer, cancel);
        }

        return Route.Wait(Returns.Match, goods, pace.Of(LooksAgainAfter));
    }

    private static Route Settle(GoodsReturn goods, IReadOnlyList<SentLine> sent)
    {
        SentLine[] accepted = [.. ReturnMatching.Accept(goods.Lines, sent)];
        return accepted.Length == 0
            ? Route.Finish(new ReturnOutcome(Money.Zero, 0, "nothing of it was sent"))
            : Route.To(Returns.Refund, goods with { Accepted = accepted });
    }
}

/// <summary>Takes the books in and has the money paid back.</summary>
public sealed class RefundReturn(Customers customers) : INode<GoodsReturn>
{
    public async ValueTask<Route> RunAsync(Element<GoodsReturn> element, CancellationToken cancel)
    {
        GoodsReturn goods = element.Data;
        Customer customer = await customers.FindAsync(goods.CustomerId, cancel) ?? Customer.Guest;
        return Route.Call(
                Payments.Workflow.Call(
                    new Payment(PaymentKind.Refund, goods.Order, customer.Card, goods.Amount),
                    $"{goods.Number}/refund"),
                Returns.Close,
                goods)
            .With(Inventory.TakeBack(goods.Order, goods.Accepted))
            .With(CreditNotes.Open(goods));
    }
}
