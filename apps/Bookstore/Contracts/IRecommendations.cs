using Waybill.Services;

namespace Bookstore.Contracts;

/// <summary>What to put beside an article, worked out from the orders themselves.</summary>
[Service("recommendations", Version = 1)]
public interface IRecommendations
{
    /// <summary>Articles like one, the closest first; empty for an unknown one.</summary>
    /// <param name="sku">The article.</param>
    /// <param name="max">How many at the most, up to 100.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99, DeadlineMs = 2000)]
    Task<IReadOnlyList<SuggestedArticle>> SimilarAsync(string sku, int max, CancellationToken cancel);

    /// <summary>What customers who bought it bought as well, the closest first; empty for an unknown one.</summary>
    /// <param name="sku">The article.</param>
    /// <param name="max">How many at the most, up to 100.</param>
    /// <param name="cancel">Stops waiting.</param>
    [Operation(Idempotent = true, LatencyMs = 50, Availability = 99, DeadlineMs = 2000)]
    Task<IReadOnlyList<SuggestedArticle>> AlsoBoughtAsync(string sku, int max, CancellationToken cancel);
}

/// <summary>An article that is put before a customer.</summary>
/// <param name="Sku">The article.</param>
/// <param name="Because">What ties it to the article that is looked at.</param>
/// <param name="Support">How many orders or words speak for it; 0 when it is only popular.</param>
public sealed record SuggestedArticle(string Sku, SuggestedBecause Because, int Support);

/// <summary>What ties a suggestion to an article, the strongest first.</summary>
public enum SuggestedBecause
{
    /// <summary>The same orders, or the same customers, had both.</summary>
    BoughtTogether,

    /// <summary>It was bought with what was bought together with the article.</summary>
    BoughtOneStepAway,

    /// <summary>It was bought with articles that read like this one.</summary>
    BoughtWithLookalikes,

    /// <summary>Author and title have rare words in common with it.</summary>
    Lookalike,

    /// <summary>Many buy it; nothing else is known.</summary>
    Popular,
}
