using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Outside;
using Bookstore.Returning;

namespace Bookstore.Feeds;

/// <summary>Made-up orders, some of them cancelled or returned a little later; the same for the same seed.</summary>
public sealed class SeededFeed : IOrderFeed
{
    private const int CustomerCount = 400;
    private const double IsCancelled = 0.03;
    private const double IsReturned = 0.02;
    private const double IsUrgent = 0.2;
    private const int CancelledWithin = 15;

    private const int ReturnedAfter = 40;
    private const double UnitsPerOrder = 2.9;

    private static readonly string[] Countries =
        ["United Kingdom", "United Kingdom", "United Kingdom", "Germany", "France", "Ireland"];

    private readonly Chance chance;
    private readonly ChangeTrickle changes;
    private readonly double[] cumulative;

    /// <param name="chance">Makes the orders up.</param>
    /// <param name="articles">What is ordered.</param>
    /// <param name="count">How many orders there are.</param>
    /// <param name="catalog">What the catalogue that the articles are from is known by; null for a made-up one.</param>
    public SeededFeed(Chance chance, IReadOnlyList<Article> articles, long count, string? catalog = null)
    {
        this.chance = chance;
        changes = new ChangeTrickle(chance);
        Articles = articles;
        Count = count;
        Name = catalog is null ? $"seed {chance.Seed}" : $"seed {chance.Seed} with catalogue {catalog}";
        Customers = [.. Enumerable.Range(1, CustomerCount).Select(NewCustomer)];
        cumulative = Sums(articles.Select(article => article.Popularity));
    }

    public string Name { get; }

    public long Count { get; }

    public IReadOnlyList<Article> Articles { get; }

    public IReadOnlyList<Customer> Customers { get; }

    public IEnumerable<OpeningStock> OpeningStock => Articles.SelectMany(article => Feeds.OpeningStock.For(
        article.Sku, Count * UnitsPerOrder * article.Popularity / cumulative[^1], chance));

    public IReadOnlyList<FeedItem> At(long entry)
    {
        List<FeedItem> items = [new OrderPlaced(OrderAt(entry))];
        for (long earlier = Math.Max(0, entry - CancelledWithin); earlier < entry; earlier++)
        {
            if (CancelledAt(earlier) == entry)
                items.Add(new OrderCancelled(NumberAt(earlier)));
        }

        items.AddRange(changes.At(entry, earlier => (NumberAt(earlier), OrderAt(earlier).CustomerId)));
        long returned = entry - ReturnedAfter;
        if (returned >= 0 && chance.Happens(IsReturned, "returned", returned))
            items.Add(new GoodsReturned(ReturnOf(OrderAt(returned))));
        return items;
    }

    private long? CancelledAt(long entry) => chance.Happens(IsCancelled, "cancelled", entry)
        ? entry + 1 + (long)(chance.Of("cancelled after", entry) * CancelledWithin)
        : null;

    private Order OrderAt(long entry)
    {
        Random random = chance.For("order", entry);
        int lines = 1 + Math.Min(random.Next(4), random.Next(5));
        return new Order
        {
            Number = NumberAt(entry),
            CustomerId = Customers[random.Next(Customers.Count)].Id,
            IsUrgent = chance.Happens(IsUrgent, "urgent", entry),
            Lines = [.. Enumerable.Range(0, lines).Select(_ => AnyArticle(random)).DistinctBy(article => article.Sku)
                .Select(article => new OrderLine(article.Sku, article.Title, Pieces(random), article.Price))],
        };
    }

    private static GoodsReturn ReturnOf(Order order) => new()
    {
        Number = $"R-{order.Number}",
        Order = order.Number,
        CustomerId = order.CustomerId,
        Lines = [order.Lines[0]],
    };

    private string NumberAt(long entry) => $"S{chance.Seed}-{entry + 1:000000}";

    private static long Pieces(Random random) => random.Next(10) switch
    {
        0 => 3,
        1 or 2 => 2,
        _ => 1,
    };

    private Article AnyArticle(Random random)
    {
        int found = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
        return Articles[Math.Min(found >= 0 ? found : ~found, Articles.Count - 1)];
    }

    private Customer NewCustomer(int number)
    {
        Random random = chance.For("customer", number);
        string id = $"C{number:0000}";
        return Customer.OnFile(
            id, SeededCatalog.PersonName(random), SeededCatalog.StreetAddress(random),
            Countries[random.Next(Countries.Length)]);
    }

    private static double[] Sums(IEnumerable<double> weights)
    {
        double sum = 0;
        return [.. weights.Select(weight => sum += weight)];
    }
}
