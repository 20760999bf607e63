using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>What readers think.</summary>
[Service("reviews", Version = 1)]
public interface IReviews
{
    /// <summary>The ratings of an article in one figure.</summary>
    /// <param name="sku">The article.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99, DeadlineMs = 2000)]
    Task<ReviewSummary> SummaryAsync(string sku, CancellationToken cancel);
}

/// <summary>Ratings in one figure.</summary>
/// <param name="Stars">From 1 to 5, with two decimals.</param>
/// <param name="Ratings">How many readers rated it.</param>
/// <param name="IsMadeUp">Whether nobody did: the article came without ratings, so that some were invented.</param>
public sealed record ReviewSummary(decimal Stars, long Ratings, bool IsMadeUp);
