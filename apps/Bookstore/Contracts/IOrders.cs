using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>Orders: placed, found, changed, cancelled.</summary>
[Service("orders", Version = 1)]
public interface IOrders
{
    /// <summary>
    /// Takes an order in; durable when it is answered. One whose number is known changes nothing. Refused as
    /// <c>unknown-customer</c>, <c>unknown-article</c> or <c>bad-order</c>.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="cancel">Stops waiting; the order may be taken in all the same.</param>
    [Operation(Idempotent = true, LatencyMs = 100, Availability = 99.9, DeadlineMs = 10_000)]
    Task<OrderReceipt> PlaceAsync(NewOrder order, CancellationToken cancel);

    /// <summary>How an order stands; null for one that is not known (any more).</summary>
    /// <param name="number">The order's number.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99.9, DeadlineMs = 5000)]
    Task<OrderStanding?> FindAsync(string number, CancellationToken cancel);

    /// <summary>At which nodes an order, its parcels and its payments are now; empty once it has ended.</summary>
    /// <param name="number">The order's number.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<WorkPlace>> PlacesAsync(string number, CancellationToken cancel);

    /// <summary>Sends an order elsewhere, as long as none of its parcels has left.</summary>
    /// <param name="number">The order's number.</param>
    /// <param name="address">Street and town.</param>
    /// <param name="asker">Who asks, and why.</param>
    /// <param name="waitMs">
    /// How long to wait, from 1 to 8,000; what has not come through by then is withdrawn.
    /// </param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(LatencyMs = 5000, Availability = 99.9, DeadlineMs = 10_000)]
    Task<AddressAnswer> ChangeAddressAsync(
        string number, string address, Asker asker, int waitMs, CancellationToken cancel);

    /// <summary>Asks an order to stop; what was done for it is undone.</summary>
    /// <param name="number">The order's number.</param>
    /// <param name="asker">Who asks, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 100, Availability = 99.9, DeadlineMs = 5000)]
    Task<CancelAnswer> CancelAsync(string number, Asker asker, CancellationToken cancel);
}

/// <summary>An order that is placed. What it costs is looked up.</summary>
/// <param name="Number">Names it: 1 to 200 characters.</param>
/// <param name="Customer">The customer's number.</param>
/// <param name="Lines">1 to 500.</param>
/// <param name="IsUrgent">Whether the customer pays for the next day.</param>
/// <param name="Ticket">The id that its ticket gets, never one of another order; null for a new one.</param>
public sealed record NewOrder(
    string Number, string Customer, IReadOnlyList<NewOrderLine> Lines, bool IsUrgent, Guid? Ticket = null);

/// <summary>So many pieces of one article.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Quantity">1 to 10,000 pieces.</param>
public sealed record NewOrderLine(string Sku, long Quantity);

/// <summary>An order was taken in.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Ticket">The id of its ticket.</param>
/// <param name="IsNew">False when an order of that number was taken in before; that one counts.</param>
/// <param name="TotalPence">What this one costs.</param>
public sealed record OrderReceipt(string Number, Guid Ticket, bool IsNew, long TotalPence);

/// <summary>Who asks for something, and why.</summary>
/// <param name="Name">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record Asker(string Name, string? Reason);

/// <summary>How an order stands.</summary>
public sealed record OrderStanding
{
    /// <summary>Its number.</summary>
    public required string Number { get; init; }

    /// <summary>The id of its ticket.</summary>
    public required Guid Ticket { get; init; }

    /// <summary>Whether it has ended, and how.</summary>
    public required OrderStage Stage { get; init; }

    /// <summary>When it was taken in.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the customer paid for, once it has ended.</summary>
    public long? PaidPence { get; init; }

    /// <summary>Why it did not come to all that was ordered.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Stage != OrderStage.UnderWay;
}

/// <summary>How far an order is.</summary>
public enum OrderStage
{
    /// <summary>It is being worked on, or waits.</summary>
    UnderWay,

    /// <summary>Everything was shipped.</summary>
    Complete,

    /// <summary>Some shipments went out, the others were called off.</summary>
    ShippedInPart,

    /// <summary>Nothing was shipped.</summary>
    Cancelled,

    /// <summary>It could not be carried out.</summary>
    Failed,
}

/// <summary>Where a piece of work is.</summary>
/// <param name="Name">The order, a shipment, a payment.</param>
/// <param name="Workflow">What kind of work it is.</param>
/// <param name="Node">The node where it is.</param>
/// <param name="State">What it is doing there.</param>
/// <param name="Since">Since when.</param>
public sealed record WorkPlace(string Name, string Workflow, string Node, string State, DateTimeOffset Since);

/// <summary>What came of a change.</summary>
public enum AddressAnswer
{
    /// <summary>It is done, everywhere.</summary>
    Applied,

    /// <summary>It is done at some parts, and refused at others.</summary>
    PartlyApplied,

    /// <summary>It was refused: not all parcels can follow, or it says nothing.</summary>
    Rejected,

    /// <summary>The order's parcels have left, or it has ended.</summary>
    TooLate,

    /// <summary>It did not come through in time, and will not be applied any more.</summary>
    CouldNotReach,

    /// <summary>There is no such order.</summary>
    Unknown,
}

/// <summary>What came of asking an order to stop.</summary>
public enum CancelAnswer
{
    /// <summary>It will stop at its next step, unless that ends it.</summary>
    Requested,

    /// <summary>It was asked before.</summary>
    AlreadyRequested,

    /// <summary>It has ended, or is about to.</summary>
    TooLate,

    /// <summary>There is no such order.</summary>
    Unknown,
}
