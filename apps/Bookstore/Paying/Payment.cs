namespace Bookstore.Paying;

/// <summary>What a card processor can be asked for.</summary>
public enum PaymentKind
{
    /// <summary>Set an amount aside on the card.</summary>
    Authorise = 0,

    /// <summary>Take a part of what was set aside.</summary>
    Capture = 1,

    /// <summary>Give back what was taken.</summary>
    Refund = 2,

    /// <summary>Let go of whatever was set aside and not taken.</summary>
    VoidRest = 3,
}

/// <summary>One payment: what goes into the payments workflow.</summary>
public sealed record Payment(PaymentKind Kind, string Order, string Card, Money Amount)
{
    private static readonly string[] Networks = ["visa", "mastercard", "amex"];

    /// <summary>
    /// The name of this payment at the processor, given at its first node and kept: whatever happens to the payment
    /// later, it speaks to the processor of the same one.
    /// </summary>
    public string Reference { get; init; } = "";

    /// <summary>The card network, by the card's number.</summary>
    public string Network => Networks[Card.Sum(letter => letter) % Networks.Length];

    /// <summary>Giving money back, or letting go of it, is not called off half-way.</summary>
    public bool CanBeCalledOff => Kind is PaymentKind.Authorise or PaymentKind.Capture;
}

/// <summary>What came of a payment.</summary>
/// <param name="IsApproved">Whether it was done.</param>
/// <param name="Reference">Its name at the processor.</param>
/// <param name="Reason">Why it was not done.</param>
public sealed record PaymentAnswer(bool IsApproved, string Reference, string? Reason = null);
