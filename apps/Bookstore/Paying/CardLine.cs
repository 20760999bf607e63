using Bookstore.Contracts;

namespace Bookstore.Paying;

/// <summary>Payments of the pipeline in words of the payments' service, and back.</summary>
internal static class CardLine
{
    public static CardPayment Of(Payment payment) =>
        new(payment.Reference, payment.Order, payment.Card, payment.Amount.Pence);

    public static PaymentAnswer Told(PaymentVerdict verdict) =>
        new(verdict.IsApproved, verdict.Reference, verdict.Reason);
}
