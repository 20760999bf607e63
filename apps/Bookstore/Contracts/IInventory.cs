using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>
/// What the centres have, sent, and wait for. Stock is changed by hops only, so that it changes together with the work
/// that changes it.
/// </summary>
[Service("inventory", Version = 1)]
public interface IInventory
{
    /// <summary>What is on hand of these articles, by centre; only what there is.</summary>
    /// <param name="skus">At most 5,000; more are refused as <c>too-many</c>.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<CentreStock>> LevelsAsync(IReadOnlyList<string> skus, CancellationToken cancel);

    /// <summary>How many pieces of an article one centre has; 0 when it has none.</summary>
    /// <param name="sku">The article.</param>
    /// <param name="centre">The centre.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99.9, DeadlineMs = 5000)]
    Task<long> OnHandAsync(string sku, string centre, CancellationToken cancel);

    /// <summary>How many pieces of an article all centres have together.</summary>
    /// <param name="sku">The article.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99.9, DeadlineMs = 5000)]
    Task<long> OnHandInAllAsync(string sku, CancellationToken cancel);

    /// <summary>What was sent for an order and has not come back.</summary>
    /// <param name="order">The order's number.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<SentPieces>> SentAsync(string order, CancellationToken cancel);

    /// <summary>Orders that wait for one of these articles, and for none that is still short.</summary>
    /// <param name="skus">At most 5,000; more are refused as <c>too-many</c>.</param>
    /// <param name="max">How many orders at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 100, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<string>> OrdersThatCanGoOnAsync(
        IReadOnlyList<string> skus, int max, CancellationToken cancel);
}

/// <summary>What one centre has of one article.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Centre">The centre.</param>
/// <param name="OnHand">How many pieces.</param>
public sealed record CentreStock(string Sku, string Centre, long OnHand);

/// <summary>Pieces of one order line that one centre sent.</summary>
/// <param name="Centre">The centre.</param>
/// <param name="Line">Which line of the order, from 0.</param>
/// <param name="Sku">The article.</param>
/// <param name="Quantity">How many have not come back.</param>
/// <param name="PricePence">For one piece.</param>
public sealed record SentPieces(string Centre, int Line, string Sku, long Quantity, long PricePence);
