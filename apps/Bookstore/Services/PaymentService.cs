using Bookstore.Contracts;
using Bookstore.Outside;
using Bookstore.Paying;
using Waybill.Services;

namespace Bookstore.Services;

/// <summary>The payments' service: a card processor, and what it says when there is no answer.</summary>
public sealed class PaymentService(CardProcessor processor) : IPayments
{
    private const int BatchMax = 1000;

    public Task<PaymentVerdict> AuthoriseAsync(CardPayment payment, CancellationToken cancel) =>
        AskAsync(PaymentKind.Authorise, payment, cancel);

    public Task<PaymentVerdict> CaptureAsync(CardPayment payment, CancellationToken cancel) =>
        AskAsync(PaymentKind.Capture, payment, cancel);

    public Task<PaymentVerdict> VoidAsync(CardPayment payment, CancellationToken cancel) =>
        AskAsync(PaymentKind.VoidRest, payment, cancel);

    public Task<PaymentVerdict> RefundAsync(CardPayment payment, CancellationToken cancel) =>
        AskAsync(PaymentKind.Refund, payment, cancel);

    public Task<IReadOnlyList<PaymentVerdict>> SettleAsync(
        string batch, IReadOnlyList<CardPayment> captures, CancellationToken cancel)
    {
        Payment[] payments =
            [.. Bounds.Checked(captures, BatchMax).Select(payment => Order(PaymentKind.Capture, payment))];
        return AnsweredAsync<IReadOnlyList<PaymentVerdict>>(
            async () => [.. (await processor.SettleAsync(batch, payments, cancel)).Select(Verdict)]);
    }

    public Task ForgetAsync(string reference, CancellationToken cancel)
    {
        CheckReference(reference);
        return processor.ForgetAsync(reference, cancel);
    }

    private Task<PaymentVerdict> AskAsync(PaymentKind kind, CardPayment payment, CancellationToken cancel)
    {
        Payment order = Order(kind, payment);
        return AnsweredAsync(async () => Verdict(await processor.AskAsync(order, cancel)));
    }

    // A silent processor is none of this service's faults: callers are told, and ask again.
    private static async Task<T> AnsweredAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (TimeoutException silence)
        {
            throw new RefusedException("no-answer", $"{silence.Message} Ask again with the same reference.");
        }
    }

    private static Payment Order(PaymentKind kind, CardPayment payment)
    {
        CheckReference(payment.Reference);
        return payment.AmountPence >= 0
            ? new Payment(kind, payment.Order, payment.Card, new Money(payment.AmountPence))
            {
                Reference = payment.Reference,
            }
            : throw new RefusedException("bad-payment", $"{payment.AmountPence} pence cannot be paid.");
    }

    private static void CheckReference(string reference)
    {
        if (string.IsNullOrWhiteSpace(reference))
            throw new RefusedException("bad-payment", "The payment has no reference: give it one of its own.");
    }

    private static PaymentVerdict Verdict(PaymentAnswer answer) =>
        new(answer.IsApproved, answer.Reference, answer.Reason);
}
