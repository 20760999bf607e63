using Bookstore.Contracts;
using Bookstore.Domains;

namespace Bookstore.Services;

/// <summary>The catalogue's service.</summary>
public sealed class CatalogService(Catalog catalog) : ICatalog
{
    public async Task<CatalogArticle?> FindAsync(string sku, CancellationToken cancel) =>
        (await catalog.FindAsync([sku], cancel)).Select(Offer).SingleOrDefault();

    public async Task<IReadOnlyList<CatalogArticle>> FindAllAsync(
        IReadOnlyList<string> skus, CancellationToken cancel) =>
        Bounds.Checked(skus).Count == 0 ? [] : [.. (await catalog.FindAsync(skus, cancel)).Select(Offer)];

    public async Task<IReadOnlyList<string>> UnknownAsync(IReadOnlyList<string> skus, CancellationToken cancel) =>
        Bounds.Checked(skus).Count == 0 ? [] : await catalog.UnknownAsync(skus, cancel);

    public async Task<IReadOnlyList<CatalogArticle>> ListAsync(string? after, int max, CancellationToken cancel) =>
        [.. (await catalog.ListAsync(after, Math.Clamp(max, 0, Bounds.ListMax), cancel)).Select(Offer)];

    private static CatalogArticle Offer(Article article) =>
        new(article.Sku, article.Title, article.Author, article.Price.Pence);
}
