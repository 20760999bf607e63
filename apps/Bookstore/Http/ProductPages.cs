using Bookstore.Centre;
using Bookstore.Contracts;
using Waybill.Services.Composing;

namespace Bookstore.Http;

/// <summary>
/// Composes the page of an article from more than a hundred calls of services. What does not come in time is left out,
/// and said to be.
/// </summary>
internal sealed class ProductPages(
    Composer composer, ICatalog catalog, IInventory inventory, IReviews reviews, IFulfilment fulfilment,
    IRecommendations recommendations, ICustomers customers)
{
    public const string NothingToMakeItFrom = "what it is made from is missing";

    private const int SuggestionsMax = 12;
    private const int SeenMax = 8;
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(1000);

    private static readonly PieceOptions<IReadOnlyList<SuggestedArticle>> Suggestions =
        new() { Budget = TimeSpan.FromMilliseconds(400) };

    private static readonly (string Centre, DeliveryMethod Method)[] Ways =
        [.. Centres.All.SelectMany(centre => Enum.GetValues<DeliveryMethod>().Select(method => (centre, method)))];

    /// <summary>The page; null when the catalogue knows no such article.</summary>
    public async Task<ProductView?> ComposeAsync(string sku, string visitor, CancellationToken cancel)
    {
        await using Page page = composer.Begin("product", Deadline, cancel);
        Piece<CatalogArticle?> article = page.Ask("article", stop => catalog.FindAsync(sku, stop));
        Piece<ReviewSummary> ratings = page.Ask("reviews", stop => reviews.SummaryAsync(sku, stop));
        PieceList<string, long> stock = page.AskEach(
            "stock", Centres.All, (centre, stop) => inventory.OnHandAsync(sku, centre, stop));
        PieceList<(string, DeliveryMethod), DeliveryPromise> deliveries = page.AskEach(
            "delivery", Ways, (way, stop) => fulfilment.PromiseAsync(way.Centre, way.Method, stop));
        Piece<IReadOnlyList<SuggestedArticle>> similar = page.Ask(
            "similar", stop => recommendations.SimilarAsync(sku, SuggestionsMax, stop), Suggestions);
        Piece<IReadOnlyList<SuggestedArticle>> also = page.Ask(
            "also-bought", stop => recommendations.AlsoBoughtAsync(sku, SuggestionsMax, stop), Suggestions);
        Piece<IReadOnlyList<string>> seen = page.Ask(
            "recently-seen", stop => customers.RecentlySeenAsync(visitor, SeenMax + 1, stop));
        CardPieces similarCards = CardsOf(similar, "similar", Skus);
        CardPieces alsoCards = CardsOf(also, "also-bought", Skus);
        CardPieces seenCards = CardsOf(seen, "recently-seen", skus => skus.Where(other => other != sku).Take(SeenMax));
        // Noted once it is known what was seen before, and only for an article that there is.
        article.With(seen).Then("note", (both, stop) => NoteAsync(both.One, visitor, stop));

        PageReport report = await page.CompleteAsync();
        if (article is { IsMissing: false, Value: null })
            return null;
        return new ProductView
        {
            Sku = sku,
            Article = article.ValueOrDefault,
            Reviews = ratings.ValueOrDefault,
            Stock = [.. stock.Where(one => one.Value.HasValue)
                .Select(one => new CentreStock(sku, one.Key, one.Value.Value))],
            Deliveries = [.. deliveries.Values],
            Similar = [.. (similar.ValueOrDefault ?? []).Select(one => similarCards.CardOf(one.Sku, one.Because))],
            AlsoBought = [.. (also.ValueOrDefault ?? []).Select(one => alsoCards.CardOf(one.Sku, one.Because))],
            RecentlySeen = [.. seenCards.Skus.Select(other => seenCards.CardOf(other, null))],
            Missing = [.. report.Missing.Select(piece => new MissingPiece(piece.Name, ReasonOf(piece.Missing!)))],
            Effort = new ProductEffort(
                report.Pieces.Count, report.SharedCalls, Math.Round(report.Duration.TotalMilliseconds, 1)),
        };
    }

    private CardPieces CardsOf<T>(Piece<T> from, string part, Func<T, IEnumerable<string>> skusOf) => new(
        from.ThenEach($"{part}/article", skusOf, catalog.FindAsync),
        from.ThenEach($"{part}/reviews", skusOf, reviews.SummaryAsync),
        [
            .. Centres.All.Select(centre => from.ThenEach(
                $"{part}/stock-{centre}", skusOf, (sku, stop) => inventory.OnHandAsync(sku, centre, stop))),
        ]);

    private async Task<bool> NoteAsync(CatalogArticle? article, string visitor, CancellationToken cancel)
    {
        if (article is null)
            return false;
        await customers.NoteSeenAsync(visitor, article.Sku, cancel);
        return true;
    }

    private static IEnumerable<string> Skus(IReadOnlyList<SuggestedArticle> suggestions) =>
        suggestions.Select(suggestion => suggestion.Sku);

    // What went wrong inside is for operators; whoever looks at the page learns what kind of thing it was.
    private static string ReasonOf(Missing missing) => missing.Reason switch
    {
        MissingReason.TimedOut or MissingReason.Skipped => "it did not come in time",
        MissingReason.Unavailable => "its service is away",
        MissingReason.NothingToMakeItFrom => NothingToMakeItFrom,
        _ => "its service failed",
    };

    /// <summary>The pieces of other articles, by what they tell.</summary>
    private sealed record CardPieces(
        PieceList<string, CatalogArticle?> Articles, PieceList<string, ReviewSummary> Ratings,
        IReadOnlyList<PieceList<string, long>> Stock)
    {
        public IEnumerable<string> Skus => Articles.Select(one => one.Key);

        public ProductCard CardOf(string sku, SuggestedBecause? because)
        {
            CatalogArticle? article = Of(Articles, sku)?.ValueOrDefault;
            Piece<ReviewSummary>? ratings = Of(Ratings, sku);
            Piece<long>[] known =
                [.. Stock.Select(centre => Of(centre, sku)).OfType<Piece<long>>().Where(one => one.HasValue)];
            return new ProductCard(
                sku, because, article?.Title, article?.Author, article?.PricePence, ratings?.ValueOrDefault?.Stars,
                known.Length == 0 ? null : known.Sum(one => one.Value));
        }

        private static Piece<T>? Of<T>(PieceList<string, T> pieces, string sku) =>
            pieces.FirstOrDefault(one => one.Key == sku).Value;
    }
}
