using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>Who buys, and what they looked at.</summary>
[Service("customers", Version = 1)]
public interface ICustomers
{
    /// <summary>A customer; null for one that is not known.</summary>
    /// <param name="customer">The customer's number.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<KnownCustomer?> FindAsync(string customer, CancellationToken cancel);

    /// <summary>
    /// Notes that a visitor looked at an article. Only the last ones are kept, and not past a restart.
    /// </summary>
    /// <param name="visitor">A customer's number, or a name of the page's own for somebody unknown.</param>
    /// <param name="sku">The article.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99, DeadlineMs = 2000)]
    Task NoteSeenAsync(string visitor, string sku, CancellationToken cancel);

    /// <summary>What a visitor looked at, the last first.</summary>
    /// <param name="visitor">A customer's number, or a name of the page's own for somebody unknown.</param>
    /// <param name="max">How many at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99, DeadlineMs = 2000)]
    Task<IReadOnlyList<string>> RecentlySeenAsync(string visitor, int max, CancellationToken cancel);
}

/// <summary>A customer, as other services know them.</summary>
/// <param name="Id">The customer's number.</param>
/// <param name="Name">The name on parcels.</param>
/// <param name="Address">Street and town.</param>
/// <param name="Country">The country.</param>
/// <param name="Card">The card that pays, as the processor knows it; no card number.</param>
public sealed record KnownCustomer(string Id, string Name, string Address, string Country, string Card);
