using Bookstore.Domains;
using Bookstore.Ordering;

namespace Bookstore.Centre;

/// <summary>The part of an order that one distribution centre sends.</summary>
public sealed record Shipment
{
    private const long BookGrams = 350;

    public required string Order { get; init; }

    public required string Centre { get; init; }

    public required IReadOnlyList<PickLine> Lines { get; init; }

    public required Customer Customer { get; init; }

    /// <summary>How it is sent.</summary>
    public required ShipMethod Method { get; init; }

    /// <summary>When it has to be with the customer.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>The order's hop number when this was handed to the centre.</summary>
    public int WrittenAtHop { get; init; }

    /// <summary>The address that it was handed over with, whatever was changed since.</summary>
    public string WrittenAddress { get; init; } = "";

    /// <summary>Whether its value was captured.</summary>
    public bool IsCharged { get; init; }

    /// <summary>Why it is not sent.</summary>
    public string? Reason { get; init; }

    public Money Value => Money.Sum(Lines.Select(line => line.Value));

    public long Units => Lines.Sum(line => line.Quantity);

    public long WeightGrams => Units * BookGrams;

    /// <summary>The part of the centre where its first book stands.</summary>
    public string Zone => Shelves.ZoneOf(Lines[0].Sku);

    public static Shipment Of(Order order, string centre, IReadOnlyList<PickLine> lines, DateTimeOffset accepted) =>
        new()
        {
            Order = order.Number,
            Centre = centre,
            Lines = lines,
            Customer = order.Customer!,
            Method = order.Method,
            PromisedBy = accepted + Shelves.PromiseOf(order.Method),
        };
}

/// <summary>What a centre made of a shipment.</summary>
/// <param name="Tracking">The carrier's number; null when it was not sent and the books are on their shelves.</param>
/// <param name="Value">What was captured for it.</param>
/// <param name="Units">How many pieces were sent.</param>
/// <param name="Reason">Why it was not sent.</param>
public sealed record ShipmentOutcome(string? Tracking, Money Value, long Units, string? Reason)
{
    public bool IsShipped => Tracking is not null;

    public static ShipmentOutcome Shipped(Shipment shipment, string tracking) =>
        new(tracking, shipment.Value, shipment.Units, null);

    public static ShipmentOutcome NotShipped(string? reason) => new(null, Money.Zero, 0, reason ?? "called off");
}
