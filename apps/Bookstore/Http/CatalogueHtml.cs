using Bookstore.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookstore.Http;

/// <summary>A piece of the catalogue as HTML.</summary>
internal static class CatalogueHtml
{
    public static IResult Of(HttpContext http, IReadOnlyList<CatalogArticle> articles, bool isFull)
    {
        Html html = new();
        html.AddLine($"<h1>Books</h1>").AddLine($"<ul class=\"cards\">");
        foreach (CatalogArticle article in articles)
        {
            html.Add($"<li><a href=\"{HtmlPage.LinkTo(article.Sku)}\">{article.Title}</a>");
            if (article.Author.Length > 0)
                html.Add($"<span>by {article.Author}</span>");
            html.AddLine($"<span>{new Money(article.PricePence)}</span></li>");
        }

        html.AddLine($"</ul>");
        if (articles.Count == 0)
            html.AddLine($"<p>There are no more books.</p>");
        if (isFull)
        {
            string next = $"/shop/books.html?after={Uri.EscapeDataString(articles[^1].Sku)}";
            html.AddLine($"<p><a href=\"{next}\">More books</a></p>");
        }

        return HtmlPage.Answer(http, "Books", html, "A hundred at a time, by their numbers.");
    }
}
