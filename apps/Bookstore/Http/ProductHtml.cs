using System.Globalization;
using System.Net;
using System.Text;
using Bookstore.Contracts;

namespace Bookstore.Http;

/// <summary>An article's page as HTML that needs no script: what is missing says so in its place.</summary>
internal static class ProductHtml
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
        + "table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}"
        + "ul.cards{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));"
        + "gap:1rem}ul.cards li{border:1px solid #ccc;border-radius:6px;padding:.6rem}"
        + ".missing{color:#6b4a00;background:#fff6e0;padding:.4rem .6rem;border-radius:6px}.small{color:#555}";

    public static string Of(ProductView view)
    {
        StringBuilder html = new(16 * 1024);
        string title = view.Article?.Title ?? $"Article {view.Sku}";
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>").Append(Text(title))
            .Append("</title><meta name=\"viewport\" content=\"width=device-width\"><style>").Append(Style)
            .Append("</style></head><body><main><h1>").Append(Text(title)).Append("</h1>");
        Offer(html, view);
        Stock(html, view);
        Deliveries(html, view);
        Cards(html, "Similar books", "similar", view, view.Similar);
        Cards(html, "Customers also bought", "also-bought", view, view.AlsoBought);
        Cards(html, "You looked at", "recently-seen", view, view.RecentlySeen);
        html.Append("</main><p class=\"small\">").Append(Text(Effort(view))).Append("</p></body></html>");
        return html.ToString();
    }

    private static void Offer(StringBuilder html, ProductView view)
    {
        if (view.Article is { } article)
        {
            if (article.Author.Length > 0)
                html.Append("<p>by ").Append(Text(article.Author)).Append("</p>");
            html.Append("<p><strong>").Append(Text(Price(article.PricePence))).Append("</strong></p>");
        }
        else
        {
            Sorry(html, "Title and price cannot be shown at the moment.");
        }

        if (view.Reviews is { } reviews)
        {
            string madeUp = reviews.IsMadeUp ? " (made up)" : "";
            html.Append("<p>").Append(Text(string.Create(
                CultureInfo.InvariantCulture,
                $"{reviews.Stars:0.0} of 5 stars from {reviews.Ratings:N0} ratings{madeUp}"))).Append("</p>");
        }
        else
        {
            Sorry(html, "What readers think cannot be shown at the moment.");
        }
    }

    private static void Stock(StringBuilder html, ProductView view)
    {
        html.Append("<h2>In stock</h2>");
        if (view.Stock.Count > 0)
        {
            html.Append("<table>");
            foreach (CentreStock stock in view.Stock)
            {
                string pieces = string.Create(CultureInfo.InvariantCulture, $"{stock.OnHand:N0}");
                Row(html, stock.Centre, stock.OnHand > 0 ? pieces : "none");
            }

            html.Append("</table>");
        }

        if (view.Lacks("stock"))
            Sorry(html, "Not every centre could be asked. Orders are taken all the same.");
    }

    private static void Deliveries(StringBuilder html, ProductView view)
    {
        html.Append("<h2>Delivery</h2>");
        if (view.Deliveries.Count > 0)
        {
            html.Append("<table><tr><th>From</th><th>How</th><th>Leaves</th><th>Arrives by</th></tr>");
            foreach (DeliveryPromise delivery in view.Deliveries)
                Row(html, delivery.Centre, $"{delivery.Method}", Day(delivery.LeavesAt), Day(delivery.ArrivesBy));
            html.Append("</table>");
        }

        if (view.Lacks("delivery"))
            Sorry(html, "When it would arrive cannot be said in full at the moment.");
    }

    private static void Cards(
        StringBuilder html, string heading, string part, ProductView view, IReadOnlyList<ProductCard> cards)
    {
        if (cards.Count == 0 && !view.Lacks(part))
            return;
        html.Append("<h2>").Append(heading).Append("</h2>");
        if (cards.Count == 0)
        {
            Sorry(html, "This cannot be shown at the moment.");
            return;
        }

        html.Append("<ul class=\"cards\">");
        foreach (ProductCard card in cards)
            Card(html, card);
        html.Append("</ul>");
        if (view.Lacks(part))
            Sorry(html, "Some of this is missing at the moment.");
    }

    private static void Card(StringBuilder html, ProductCard card)
    {
        html.Append("<li><a href=\"/shop/books/").Append(Text(Uri.EscapeDataString(card.Sku))).Append(".html\">")
            .Append(Text(card.Title ?? card.Sku)).Append("</a>");
        string?[] facts =
        [
            card.Author is { Length: > 0 } author ? $"by {author}" : null,
            card.PricePence is { } pence ? Price(pence) : "price not known just now",
            card.Stars is { } stars ? string.Create(CultureInfo.InvariantCulture, $"{stars:0.0} stars") : null,
            card.OnHand switch { null => null, 0 => "not in stock", _ => "in stock" },
        ];
        foreach (string fact in facts.OfType<string>())
            html.Append("<br>").Append(Text(fact));
        html.Append("</li>");
    }

    private static void Row(StringBuilder html, params string[] cells)
    {
        html.Append("<tr>");
        foreach (string cell in cells)
            html.Append("<td>").Append(Text(cell)).Append("</td>");
        html.Append("</tr>");
    }

    private static void Sorry(StringBuilder html, string what) =>
        html.Append("<p class=\"missing\">").Append(Text(what)).Append("</p>");

    private static string Effort(ProductView view) => string.Create(
        CultureInfo.InvariantCulture,
        $"{view.Effort.Pieces} pieces in {view.Effort.Milliseconds:0} ms, {view.Missing.Count} of them missing");

    private static string Price(long pence) => new Money(pence).ToString();

    private static string Day(DateTimeOffset at) => at.ToString("ddd d MMM, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
