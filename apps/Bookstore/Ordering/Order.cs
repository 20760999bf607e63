using Bookstore.Centre;
using Bookstore.Domains;

namespace Bookstore.Ordering;

/// <summary>So many pieces of one article at one price.</summary>
public sealed record OrderLine(string Sku, string Title, long Quantity, Money Price);

/// <summary>A customer's order with all that its next node needs.</summary>
public sealed record Order
{
    public required string Number { get; init; }

    public required string CustomerId { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>Where it goes and which card pays; known from the first node on.</summary>
    public Customer? Customer { get; init; }

    /// <summary>Whether the customer pays for the next day.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>How many cards the customer has named.</summary>
    public int Cards { get; init; } = 1;

    /// <summary>The processor's name for the money set aside; null while there is none.</summary>
    public string? Authorisation { get; init; }

    /// <summary>What the centres are missing, when it cannot be sent.</summary>
    public IReadOnlyList<Shortage> Shortages { get; init; } = [];

    /// <summary>How often it has waited for books.</summary>
    public int BackOrders { get; init; }

    /// <summary>What the centres have set aside and shall send. Reserved with the hop that wrote this.</summary>
    public IReadOnlyList<Shipment> Shipments { get; init; } = [];

    /// <summary>
    /// What came back from each shipment. Empty while nothing was handed to the centres, so that a cancel knows whether
    /// the reservations are still the order's own.
    /// </summary>
    public IReadOnlyList<ShipmentOutcome> Outcomes { get; init; } = [];

    /// <summary>Why it cannot be completed.</summary>
    public string? Reason { get; init; }

    public ShipMethod Method => Customer!.Country != Centres.Country ? ShipMethod.International
        : IsUrgent ? ShipMethod.Express
        : ShipMethod.Standard;

    /// <summary>An address that the customer named before the order knew its customer.</summary>
    public string? OtherAddress { get; init; }

    /// <summary>A card that the customer named before the order knew its customer.</summary>
    public string? OtherCard { get; init; }

    public Money Total => Money.Sum(Lines.Select(line => line.Price * line.Quantity));

    public Order MovedTo(string address) => this with
    {
        OtherAddress = address,
        Customer = Customer is null ? null : Customer with { Address = address },
    };

    public Order PaidWith(string card) => this with
    {
        OtherCard = card,
        Customer = Customer is null ? null : Customer with { Card = card },
    };

    /// <summary>The order of a known customer, with what they changed before.</summary>
    public Order Of(Customer customer) => this with
    {
        Customer = customer with
        {
            Address = OtherAddress ?? customer.Address,
            Card = OtherCard ?? customer.Card,
        },
    };

    public bool IsShippedInFull => Outcomes.Count > 0 && Outcomes.All(outcome => outcome.IsShipped);
}

/// <summary>How an order ended.</summary>
public enum OrderStatus
{
    /// <summary>Everything was shipped.</summary>
    Complete = 0,

    /// <summary>Some shipments went out, the others were called off.</summary>
    ShippedInPart = 1,

    /// <summary>Nothing was shipped.</summary>
    Cancelled = 2,
}

/// <summary>What an order came to.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">What the customer paid for.</param>
/// <param name="Units">How many pieces were shipped.</param>
/// <param name="Parcels">The carrier's tracking numbers.</param>
/// <param name="Reason">Why it is not complete.</param>
public sealed record OrderOutcome(
    OrderStatus Status, Money Value, long Units, IReadOnlyList<string> Parcels, string? Reason)
{
    public static OrderOutcome Of(Order order)
    {
        ShipmentOutcome[] shipped = [.. order.Outcomes.Where(outcome => outcome.IsShipped)];
        OrderStatus status = order.IsShippedInFull ? OrderStatus.Complete
            : shipped.Length > 0 ? OrderStatus.ShippedInPart
            : OrderStatus.Cancelled;
        return new OrderOutcome(
            status,
            Money.Sum(shipped.Select(outcome => outcome.Value)),
            shipped.Sum(outcome => outcome.Units),
            [.. shipped.Select(outcome => outcome.Tracking!)],
            status == OrderStatus.Complete ? null : order.Reason ?? "cancelled by the customer");
    }
}
