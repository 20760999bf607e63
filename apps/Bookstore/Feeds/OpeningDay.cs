using Bookstore.Domains;
using Bookstore.Storage;
using Waybill;

namespace Bookstore.Feeds;

/// <summary>Fills the books before a feed's first order. Harmless when repeated, also after it was cut short.</summary>
public static class OpeningDay
{
    private const int WritesMax = 2000;

    /// <summary>Returns false when the feed was begun before.</summary>
    public static async Task<bool> PrepareAsync(IOrderFeed feed, Database database, CancellationToken cancel)
    {
        await Schema.CreateAsync(database, cancel);
        Bookmark bookmark = new(database);
        if (await bookmark.FindAsync(feed.Name, cancel) is not null)
            return false;

        IEnumerable<SqlWrite> writes = feed.Customers.Select(Customers.Register)
            .Concat(feed.Articles.Select(Catalog.Register))
            .Concat(feed.Articles.Where(article => article.Rating is not null)
                .Select(article => Ratings.Register(article.Sku, article.Rating!)))
            .Concat(feed.OpeningStock.Select(stock => Inventory.Open(stock.Sku, stock.Centre, stock.Quantity)));
        foreach (SqlWrite[] chunk in writes.Chunk(WritesMax))
            await database.WriteAsync(chunk, cancel);
        await bookmark.MoveAsync(feed.Name, 0, cancel);
        return true;
    }
}
