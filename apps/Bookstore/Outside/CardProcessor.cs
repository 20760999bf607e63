using Bookstore.Paying;

namespace Bookstore.Outside;

/// <summary>
/// The card processor, simulated: it declines some cards, is silent at times, and sometimes does what it was asked
/// for while its answer is lost. As a real one it knows a payment by its reference: asked again, it says what it said
/// before.
/// </summary>
public sealed class CardProcessor(Chance chance, Pace pace)
{
    private const double DeclinesCard = 0.03;
    private const double DeclinesCapture = 0.002;
    private const double IsSilent = 0.02;
    private const double LosesAnswer = 0.01;
    private static readonly TimeSpan AnswersAfter = TimeSpan.FromMilliseconds(20);

    // How it fails need not be the same after a restart, only what it answers.
    private readonly Random line = chance.For("processor's line");

    public async Task<PaymentAnswer> AskAsync(Payment payment, CancellationToken cancel) =>
        (await SettleAsync(payment.Reference, [payment], cancel))[0];

    /// <summary>Asks for several payments at once.</summary>
    /// <param name="batch">Names the request, so that it can be repeated.</param>
    /// <param name="payments">What is asked for.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>One answer for each, in their order.</returns>
    public async Task<IReadOnlyList<PaymentAnswer>> SettleAsync(
        string batch, IReadOnlyList<Payment> payments, CancellationToken cancel)
    {
        await pace.TakeAsync(AnswersAfter, cancel);
        double weather = Weather();
        if (weather < IsSilent)
            throw new TimeoutException($"The card processor did not answer about {batch}.");
        PaymentAnswer[] answers = [.. payments.Select(Decide)];
        return weather < IsSilent + LosesAnswer
            ? throw new TimeoutException($"The card processor's answer about {batch} was lost.")
            : answers;
    }

    /// <summary>Undoes a payment, or makes sure that it will not be made.</summary>
    public Task ForgetAsync(string reference, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(reference);
        return pace.TakeAsync(AnswersAfter, cancel);
    }

    private PaymentAnswer Decide(Payment payment)
    {
        double declines = payment.Kind switch
        {
            PaymentKind.Authorise => DeclinesCard,
            PaymentKind.Capture => DeclinesCapture,
            _ => 0,
        };
        return chance.Happens(declines, "declined", payment.Kind, payment.Order, payment.Card, payment.Amount.Pence)
            ? new PaymentAnswer(false, payment.Reference, "declined")
            : new PaymentAnswer(true, payment.Reference);
    }

    private double Weather()
    {
        lock (line)
            return line.NextDouble();
    }
}
