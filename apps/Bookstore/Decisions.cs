using Bookstore.Centre;
using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Paying;
using Bookstore.Returning;
using Waybill;

namespace Bookstore;

/// <summary>What the pipeline asks of payments.</summary>
internal static class Ask
{
    public static Route ToAuthorise(Element<Order> element)
    {
        Order order = element.Data;
        Payment payment = new(PaymentKind.Authorise, order.Number, order.Customer!.Card, order.Total);
        return Route.Call(
            Payments.Workflow.Call(payment, $"{order.Number}/authorise-{order.Cards}"), Orders.Authorised, order);
    }

    public static Payment ToCapture(Shipment shipment) =>
        new(PaymentKind.Capture, shipment.Order, shipment.Customer.Card, shipment.Value);
}

/// <summary>The decisions that need nothing but the element and what came back.</summary>
internal static class Decide
{
    public static Route OnAuthorisation(Element<Order> element, Replies<PaymentAnswer> replies)
    {
        Order order = element.Data;
        return Answer(replies) switch
        {
            { IsApproved: true } answer => Route.To(Orders.Source, order with { Authorisation = answer.Reference }),
            _ => Route.To(Orders.PaymentReview, order),
        };
    }

    public static Route OnCapture(Element<Shipment> element, Reply<PaymentAnswer> reply) =>
        reply is { Ending: Ending.Finished, Value.IsApproved: true }
            ? Route.To(Fulfilment.Ship, element.Data with { IsCharged = true })
            : Route.To(Fulfilment.PutBack, element.Data with { Reason = reply.Result?.Reason ?? reply.Reason });

    /// <summary>A capture is settled together with others; all else is asked for at once.</summary>
    public static Route OnPayment(Element<Payment> element) => Route.To(
        element.Data.Kind == PaymentKind.Capture ? Payments.Charging : Payments.Process,
        element.Data with { Reference = element.IdempotencyKey });

    // The void itself can have been called off, when the cancel came while it was under way: then it is asked for
    // again.
    public static Route OnVoid(Element<Order> element, Replies<PaymentAnswer> replies) =>
        replies.Count > 0 && Answer(replies) is not { IsApproved: true }
            ? Route.To(Orders.Cancel, element.Data)
            : Route.Finish(OrderOutcome.Of(element.Data));

    public static Route OnReceivedItem(Element<ReceivedItem> element) => element.Data.Quantity > 0
        ? Route.To(Stowing.Stow, element.Data)
        : Route.Fail($"{element.Data.Quantity} pieces of {element.Data.Sku} cannot be stowed");

    public static Route OnRefund(Element<GoodsReturn> element, Replies<PaymentAnswer> replies)
    {
        GoodsReturn goods = element.Data;
        return Answer(replies) is { IsApproved: true }
            ? Route.Finish(new ReturnOutcome(goods.Amount, goods.Accepted.Sum(line => line.Pick.Quantity), null))
                .With(CreditNotes.Settle(goods))
            : Route.Fail("the refund was not made");
    }

    private static PaymentAnswer? Answer(Replies<PaymentAnswer> replies) =>
        replies.Count == 1 ? replies[0].Result : null;
}
