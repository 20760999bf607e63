using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>
/// The way to the card processor. Each payment has a reference: asked again for it, the answer is the one that was
/// given before, so that whoever got none can ask again. When the processor itself is silent, calls are refused as
/// <c>no-answer</c>: whether it did what it was asked for is not known until it is asked again.
/// </summary>
[Service("payments", Version = 1)]
public interface IPayments
{
    /// <summary>Sets an amount aside on the card.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 200, Availability = 99.9, DeadlineMs = 5000)]
    Task<PaymentVerdict> AuthoriseAsync(CardPayment payment, CancellationToken cancel);

    /// <summary>Takes a part of what was set aside for the order.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 200, Availability = 99.9, DeadlineMs = 5000)]
    Task<PaymentVerdict> CaptureAsync(CardPayment payment, CancellationToken cancel);

    /// <summary>Takes parts of what was set aside for several orders, in one go.</summary>
    /// <param name="batch">Names the request.</param>
    /// <param name="captures">At most 1,000; more are refused as <c>too-many</c>.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>One answer for each, in their order.</returns>
    [Operation(Idempotent = true, LatencyMs = 500, Availability = 99.9, DeadlineMs = 10_000)]
    Task<IReadOnlyList<PaymentVerdict>> SettleAsync(
        string batch, IReadOnlyList<CardPayment> captures, CancellationToken cancel);

    /// <summary>Lets go of whatever was set aside for the order and not taken; the amount does not count.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 200, Availability = 99.9, DeadlineMs = 5000)]
    Task<PaymentVerdict> VoidAsync(CardPayment payment, CancellationToken cancel);

    /// <summary>Gives back what was taken.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 200, Availability = 99.9, DeadlineMs = 5000)]
    Task<PaymentVerdict> RefundAsync(CardPayment payment, CancellationToken cancel);

    /// <summary>Undoes a payment, or makes sure that it will not be made.</summary>
    /// <param name="reference">The payment's reference.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 200, Availability = 99.9, DeadlineMs = 5000)]
    Task ForgetAsync(string reference, CancellationToken cancel);
}

/// <summary>What the processor is asked for.</summary>
/// <param name="Reference">Names the payment, so that it is made once.</param>
/// <param name="Order">The order's number.</param>
/// <param name="Card">The card, as the processor knows it; no card number.</param>
/// <param name="AmountPence">How much.</param>
public sealed record CardPayment(string Reference, string Order, string Card, long AmountPence);

/// <summary>What the processor says.</summary>
/// <param name="IsApproved">Whether it did it.</param>
/// <param name="Reference">The payment's reference.</param>
/// <param name="Reason">Why not.</param>
public sealed record PaymentVerdict(bool IsApproved, string Reference, string? Reason);
