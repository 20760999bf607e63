using Bookstore.Contracts;
using Bookstore.Domains;
using Bookstore.Outside;
using Bookstore.Paying;
using Waybill;

namespace Bookstore.Returning;

/// <summary>Finds the order. One in flight is waited for, and cancelled first when all of it is returned.</summary>
public sealed class MatchReturn(IOrders orders, IInventory inventory, Pace pace) : INode<GoodsReturn>
{
    private static readonly TimeSpan LooksAgainAfter = TimeSpan.FromSeconds(1);

    public async ValueTask<Route> RunAsync(Element<GoodsReturn> element, CancellationToken cancel)
    {
        GoodsReturn goods = element.Data;
        OrderStanding? order = await orders.FindAsync(goods.Order, cancel);
        if (order is null)
            return Route.Fail($"there is no order {goods.Order}");
        if (order.HasEnded)
            return Settle(goods, await inventory.SentAsync(goods.Order, cancel));

        if (goods.IsWholeOrder)
        {
            Asker customer = new($"return {goods.Number}", "the customer returns all of it");
            await orders.CancelAsync(goods.Order, customer, cancel);
        }

        return Route.Wait(Returns.Match, goods, pace.Of(LooksAgainAfter));
    }

    private static Route Settle(GoodsReturn goods, IReadOnlyList<SentPieces> sent)
    {
        SentLine[] lines =
        [
            .. sent.Select(pieces => new SentLine(
                pieces.Centre,
                new PickLine(pieces.Line, pieces.Sku, pieces.Quantity, new Money(pieces.PricePence)))),
        ];
        SentLine[] accepted = [.. ReturnMatching.Accept(goods.Lines, lines)];
        return accepted.Length == 0
            ? Route.Finish(new ReturnOutcome(Money.Zero, 0, "nothing of it was sent"))
            : Route.To(Returns.Refund, goods with { Accepted = accepted });
    }
}

/// <summary>Takes the books in and has the money paid back.</summary>
public sealed class RefundReturn(ICustomers customers) : INode<GoodsReturn>
{
    public async ValueTask<Route> RunAsync(Element<GoodsReturn> element, CancellationToken cancel)
    {
        GoodsReturn goods = element.Data;
        KnownCustomer? customer = await customers.FindAsync(goods.CustomerId, cancel);
        return Route.Call(
                Payments.Workflow.Call(
                    new Payment(PaymentKind.Refund, goods.Order, customer?.Card ?? Customer.Guest.Card, goods.Amount),
                    $"{goods.Number}/refund"),
                Returns.Close,
                goods)
            .With(Inventory.TakeBack(goods.Order, goods.Accepted))
            .With(CreditNotes.Open(goods));
    }
}
