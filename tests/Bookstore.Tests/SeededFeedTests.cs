using System.Text.Json;
using Bookstore.Feeds;
using Bookstore.Ordering;
using Bookstore.Outside;

namespace Bookstore.Tests;

public sealed class SeededFeedTests
{
    [Fact]
    public void The_same_seed_makes_the_same_entries_wherever_one_begins()
    {
        SeededFeed one = FeedOf(seed: 7);
        SeededFeed other = FeedOf(seed: 7);

        string[] forward = [.. Entries(one, Enumerable.Range(0, 60))];
        string[] backward = [.. Entries(other, Enumerable.Range(0, 60).Reverse())];

        Assert.Equal(forward, backward.Reverse());
    }

    [Fact]
    public void Another_seed_makes_other_entries()
    {
        Assert.NotEqual(Entries(FeedOf(seed: 7), [0, 1, 2]), Entries(FeedOf(seed: 8), [0, 1, 2]));
    }

    [Fact]
    public void Orders_are_changed_cancelled_and_returned_only_after_they_were_placed()
    {
        SeededFeed feed = FeedOf(seed: 3);
        HashSet<string> placed = [];
        int later = 0;

        for (long entry = 0; entry < feed.Count; entry++)
        {
            foreach (FeedItem item in feed.At(entry))
            {
                string order = item switch
                {
                    OrderPlaced { Order.Number: { } number } => number,
                    OrderCancelled cancelled => cancelled.Order,
                    GoodsReturned returned => returned.Return.Order,
                    AddressChanged moved => moved.Order,
                    CardChanged renewed => renewed.Order,
                    _ => throw new InvalidOperationException(),
                };
                bool isNew = placed.Add(order);
                Assert.Equal(item is OrderPlaced, isNew);
                later += isNew ? 0 : 1;
            }
        }

        Assert.Equal(feed.Count, placed.Count);
        Assert.True(later > 5);
    }

    [Fact]
    public void Every_order_names_articles_and_a_customer_of_the_feed()
    {
        SeededFeed feed = FeedOf(seed: 5);
        Order[] orders = [.. Enumerable.Range(0, 300).SelectMany(entry => feed.At(entry)).OfType<OrderPlaced>()
            .Select(placed => placed.Order)];

        Assert.All(orders, order => Assert.Contains(order.CustomerId, feed.Customers.Select(customer => customer.Id)));
        Assert.All(
            orders.SelectMany(order => order.Lines),
            line => Assert.Equal(line.Price, feed.Articles.Single(article => article.Sku == line.Sku).Price));
        Assert.All(orders, order => Assert.NotEmpty(order.Lines));
    }

    private static SeededFeed FeedOf(int seed) => new(new Chance(seed), SeededCatalog.Of(new Chance(seed), 50), 300);

    private static IEnumerable<string> Entries(SeededFeed feed, IEnumerable<int> entries) =>
        entries.Select(entry => string.Join('|', feed.At(entry).Select(item =>
            JsonSerializer.Serialize(item, item.GetType(), BookstoreJson.Options))));
}
