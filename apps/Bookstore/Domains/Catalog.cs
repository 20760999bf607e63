using System.Data.Common;
using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>Something that is sold: mostly a book; postage and gift wrapping are articles as well.</summary>
public sealed record Article(string Sku, string Title, string Author, Money Price)
{
    /// <summary>
    /// How often it is asked for, compared with others. Not kept: only those who make up orders use it.
    /// </summary>
    public double Popularity { get; init; } = 1;

    /// <summary>What readers gave it, where that came with it; kept with the ratings.</summary>
    public Rating? Rating { get; init; }
}

/// <summary>The catalogue's domain. The only one that touches <c>shop_article</c>.</summary>
public sealed class Catalog(Database database)
{
    /// <summary>Which of these are not in the catalogue.</summary>
    public async Task<IReadOnlyList<string>> UnknownAsync(IReadOnlyCollection<string> skus, CancellationToken cancel)
    {
        (string list, (string, object)[] parameters) = SkuList.Of(skus);
        List<string> known = await database.ReadAsync(
            $"SELECT sku FROM shop_article WHERE sku IN ({list})", row => row.GetString(0), cancel, parameters);
        return [.. skus.Except(known)];
    }

    /// <summary>The articles that follow one, by SKU; null for the first ones.</summary>
    public Task<List<Article>> ListAsync(string? after, int max, CancellationToken cancel) => database.ReadAsync(
        "SELECT sku, title, author, price FROM shop_article WHERE sku > @after ORDER BY sku LIMIT @max",
        ToArticle,
        cancel,
        ("after", after ?? ""),
        ("max", max));

    /// <summary>These articles, those of them that there are.</summary>
    public Task<List<Article>> FindAsync(IReadOnlyCollection<string> skus, CancellationToken cancel)
    {
        (string list, (string, object)[] parameters) = SkuList.Of(skus);
        return database.ReadAsync(
            $"SELECT sku, title, author, price FROM shop_article WHERE sku IN ({list})", ToArticle, cancel, parameters);
    }

    /// <summary>Takes an article into the catalogue; one that is known stays as it is.</summary>
    public static SqlWrite Register(Article article) => new(
        """
        INSERT INTO shop_article (sku, title, author, price) VALUES (@sku, @title, @author, @price)
        ON CONFLICT (sku) DO NOTHING
        """,
        ("sku", article.Sku),
        ("title", article.Title),
        ("author", article.Author),
        ("price", article.Price.Pence));

    private static Article ToArticle(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), new Money(row.GetInt64(3)));
}
