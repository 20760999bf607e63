using System.Security.Cryptography;
using Bookstore.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waybill.Services.Http;

namespace Bookstore.Http;

/// <summary>What everybody may look at: the catalogue, and a page for each article, as JSON and as HTML.</summary>
internal static class BookEndpoints
{
    private const int ListMax = 100;
    private const int SkuMax = 100;
    private const string VisitorCookie = "visitor";
    private const int VisitorLength = 32;
    private const string Html = ".html";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder books = routes.MapGroup("/shop/books");
        books.AddEndpointFilter(ProblemHtml.AnswerAsync).AddEndpointFilter(ShopProblems.AnswerAsync);
        books.AllowAnonymous();
        books.MapGet("", ListAsync);
        books.MapGet("{sku}", ShowAsync);
        RouteGroupBuilder shelf = routes.MapGroup("/shop/books.html");
        shelf.AddEndpointFilter(ProblemHtml.AnswerAsync).AddEndpointFilter(ShopProblems.AnswerAsync);
        shelf.AllowAnonymous();
        shelf.MapGet("", ListAsHtmlAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ICatalog catalog, string? after = null) =>
        TypedResults.Json(await catalog.ListAsync(after, ListMax, http.RequestAborted), StrictJson.Options);

    private static async Task<IResult> ListAsHtmlAsync(HttpContext http, ICatalog catalog, string? after = null)
    {
        IReadOnlyList<CatalogArticle> articles = await catalog.ListAsync(after, ListMax, http.RequestAborted);
        return CatalogueHtml.Of(http, articles, isFull: articles.Count == ListMax);
    }

    private static async Task<IResult> ShowAsync(string sku, HttpContext http, ProductPages pages)
    {
        bool isHtml = sku.EndsWith(Html, StringComparison.Ordinal);
        string article = isHtml ? sku[..^Html.Length] : sku;
        if (article.Length > SkuMax)
            throw Unknown(article[..SkuMax]);
        ProductView view = await pages.ComposeAsync(article, VisitorOf(http), http.RequestAborted)
            ?? throw Unknown(article);
        http.Response.Headers.CacheControl = "no-store";
        return isHtml ? ProductHtml.Of(http, view) : TypedResults.Json(view, StrictJson.Options);
    }

    // Nobody needs a name to look around: each browser gets one of its own, by which it alone is recognised.
    private static string VisitorOf(HttpContext http)
    {
        if (http.Request.Cookies[VisitorCookie] is { Length: VisitorLength } known && known.All(char.IsAsciiHexDigit))
            return known;
        string visitor = RandomNumberGenerator.GetHexString(VisitorLength, lowercase: true);
        CookieOptions cookie = new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = "/shop",
            Secure = http.Request.IsHttps,
        };
        http.Response.Cookies.Append(VisitorCookie, visitor, cookie);
        return visitor;
    }

    private static ProblemException Unknown(string sku) =>
        new(ProblemType.NotFound, $"There is no article \"{sku}\". GET /shop/books lists what there is.");
}
