using Bookstore.Contracts;
using Bookstore.Domains;
using Waybill;

namespace Bookstore.Paying;

/// <summary>Asks the card processor, and books what it says together with the end of the payment.</summary>
public sealed class ProcessPayment(IPayments payments) : INode<Payment>
{
    public async ValueTask<Route> RunAsync(Element<Payment> element, CancellationToken cancel)
    {
        PaymentAnswer answer = await AskAsync(element.Data, cancel);
        return answer.IsApproved
            ? Route.Finish(answer).With(Ledger.Book(element.Data))
            : Route.Finish(answer);
    }

    private async Task<PaymentAnswer> AskAsync(Payment payment, CancellationToken cancel)
    {
        CardPayment asked = CardLine.Of(payment);
        return CardLine.Told(await (payment.Kind switch
        {
            PaymentKind.Authorise => payments.AuthoriseAsync(asked, cancel),
            PaymentKind.Capture => payments.CaptureAsync(asked, cancel),
            PaymentKind.Refund => payments.RefundAsync(asked, cancel),
            _ => payments.VoidAsync(asked, cancel),
        }));
    }
}

/// <summary>
/// Calls a payment off. The processor may have been asked already, by a run that died before its hop was committed,
/// so it is told to forget the reference whether it knows it or not.
/// </summary>
public sealed class CallOffPayment(IPayments payments) : INode<Payment>
{
    public async ValueTask<Route> RunAsync(Element<Payment> element, CancellationToken cancel)
    {
        Payment payment = element.Data;
        if (!payment.CanBeCalledOff)
            return Route.To(Payments.Process, payment);
        bool mayBeKnown = payment.Reference.Length > 0;
        if (mayBeKnown)
            await payments.ForgetAsync(payment.Reference, cancel);
        return Route.Finish(new PaymentAnswer(false, payment.Reference, "called off"));
    }
}

/// <summary>Books what the processor settled, together with the end of the payment.</summary>
public sealed class BookSettled : INode<Payment, Settled>
{
    public ValueTask<Route> RunAsync(Element<Payment> element, Replies<Settled> replies, CancellationToken cancel)
    {
        Payment payment = element.Data;
        return ValueTask.FromResult(replies switch
        {
            [{ Ending: Ending.Finished, Value: { IsApproved: true } }] =>
                Route.Finish(new PaymentAnswer(true, payment.Reference)).With(Ledger.Book(payment)),
            [{ Ending: Ending.Finished, Value: { Reason: var reason } }] =>
                Route.Finish(new PaymentAnswer(false, payment.Reference, reason)),
            // The batch came to nothing: the next one takes it along.
            _ => Route.To(Payments.Charging, payment),
        });
    }
}
