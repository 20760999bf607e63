using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>What is sold.</summary>
[Service("catalog", Version = 1)]
public interface ICatalog
{
    /// <summary>An article; null for one that is not in the catalogue.</summary>
    /// <param name="sku">The article.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 20, Availability = 99.9, DeadlineMs = 5000, HedgeAfterMs = 100)]
    Task<CatalogArticle?> FindAsync(string sku, CancellationToken cancel);

    /// <summary>These articles, those of them that there are, in no order.</summary>
    /// <param name="skus">At most 5,000; more are refused as <c>too-many</c>.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<CatalogArticle>> FindAllAsync(IReadOnlyList<string> skus, CancellationToken cancel);

    /// <summary>Which of these are not in the catalogue.</summary>
    /// <param name="skus">At most 5,000; more are refused as <c>too-many</c>.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99.9, DeadlineMs = 5000)]
    Task<IReadOnlyList<string>> UnknownAsync(IReadOnlyList<string> skus, CancellationToken cancel);

    /// <summary>The catalogue, by SKU, piece by piece.</summary>
    /// <param name="after">The last SKU of the piece before; null for the first.</param>
    /// <param name="max">How many at the most; never more than 5,000 come.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 200, Availability = 99.9, DeadlineMs = 10_000)]
    Task<IReadOnlyList<CatalogArticle>> ListAsync(string? after, int max, CancellationToken cancel);
}

/// <summary>An article, as it is offered.</summary>
/// <param name="Sku">Its number.</param>
/// <param name="Title">Its title.</param>
/// <param name="Author">Who wrote it; empty when nobody did.</param>
/// <param name="PricePence">For one piece.</param>
public sealed record CatalogArticle(string Sku, string Title, string Author, long PricePence);
