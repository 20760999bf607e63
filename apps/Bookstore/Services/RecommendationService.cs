using Bookstore.Contracts;
using Bookstore.Domains;
using Bookstore.Recommending;

namespace Bookstore.Services;

/// <summary>
/// The recommendations' service: answers from what it worked out last, which <see cref="RefreshOnceAsync"/> renews.
/// Until that was done once, calls wait.
/// </summary>
public sealed class RecommendationService(Purchases purchases, ICatalog catalog, TimeProvider time) : IRecommendations
{
    private const int ArticlesMax = 100;
    private const double GrowthWorthwhile = 0.02;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource isKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Recommender? last;
    private long lastCount = -1;
    private long lastAt;

    public async Task<IReadOnlyList<SuggestedArticle>> SimilarAsync(string sku, int max, CancellationToken cancel) =>
        Told((await LastAsync(cancel)).Similar(sku, Math.Clamp(max, 0, ArticlesMax)));

    public async Task<IReadOnlyList<SuggestedArticle>> AlsoBoughtAsync(string sku, int max, CancellationToken cancel) =>
        Told((await LastAsync(cancel)).AlsoBought(sku, Math.Clamp(max, 0, ArticlesMax)));

    /// <summary>
    /// One pass, for one caller at a time: works everything out anew when the orders are 2 % more than the last time,
    /// or any more and that was 30 seconds ago.
    /// </summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> RefreshOnceAsync(CancellationToken cancel)
    {
        long count = await purchases.CountAsync(cancel);
        bool isOld = count > lastCount && time.GetElapsedTime(lastAt) >= StaleAfter;
        if (last is not null && !isOld && count < lastCount * (1 + GrowthWorthwhile))
            return false;
        if (last is not null && count == lastCount)
            return false;
        List<Article> articles = await ArticlesAsync(cancel);
        last = new Recommender(articles, await purchases.AllAsync(cancel));
        (lastCount, lastAt) = (count, time.GetTimestamp());
        isKnown.TrySetResult();
        return true;
    }

    private async Task<Recommender> LastAsync(CancellationToken cancel)
    {
        await isKnown.Task.WaitAsync(cancel);
        return last!;
    }

    private async Task<List<Article>> ArticlesAsync(CancellationToken cancel)
    {
        List<Article> all = [];
        IReadOnlyList<CatalogArticle> piece;
        do
        {
            piece = await catalog.ListAsync(all.LastOrDefault()?.Sku, Bounds.ListMax, cancel);
            all.AddRange(piece.Select(article => new Article(
                article.Sku, article.Title, article.Author, new Money(article.PricePence))));
        }
        while (piece.Count > 0);

        return all;
    }

    private static SuggestedArticle[] Told(IReadOnlyList<Suggestion> suggestions) =>
    [
        .. suggestions.Select(suggestion => new SuggestedArticle(
            suggestion.Sku,
            suggestion.Reason switch
            {
                SuggestionReason.BoughtTogether => SuggestedBecause.BoughtTogether,
                SuggestionReason.BoughtOneStepAway => SuggestedBecause.BoughtOneStepAway,
                SuggestionReason.BoughtWithLookalikes => SuggestedBecause.BoughtWithLookalikes,
                SuggestionReason.Lookalike => SuggestedBecause.Lookalike,
                _ => SuggestedBecause.Popular,
            },
            suggestion.Support)),
    ];
}
