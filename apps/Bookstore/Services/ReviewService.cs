using Bookstore.Contracts;
using Bookstore.Domains;
using Bookstore.Outside;

namespace Bookstore.Services;

/// <summary>
/// The reviews' service. What came with the catalogue is told as it came; for all else ratings are made up, the same
/// for the same seed, and said to be.
/// </summary>
public sealed class ReviewService(Ratings ratings, Chance chance) : IReviews
{
    public async Task<ReviewSummary> SummaryAsync(string sku, CancellationToken cancel) =>
        await ratings.FindAsync(sku, cancel) is { } known
            ? new ReviewSummary(known.Hundredths / 100m, known.Count, IsMadeUp: false)
            : MadeUp(chance.For("rating", sku));

    private static ReviewSummary MadeUp(Random random) =>
        new(random.Next(250, 490) / 100m, 1 + random.Next(400), IsMadeUp: true);
}
