using System.Globalization;
using Bookstore.Centre;
using Bookstore.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookstore.Http;

/// <summary>An article's page as HTML: what is missing says so in its place.</summary>
internal static class ProductHtml
{
    private const int Covers = 6;
    private const int MostStars = 5;

    private static readonly DeliveryMethod[] Methods = Enum.GetValues<DeliveryMethod>();

    public static IResult Of(HttpContext http, ProductView view)
    {
        Html html = new();
        string title = view.Article?.Title ?? $"Article {view.Sku}";
        Offer(html, title, view);
        Deliveries(html, view);
        Cards(html, "Similar books", "similar", view, view.Similar);
        Cards(html, "Customers also bought", "also-bought", view, view.AlsoBought);
        Cards(html, "You looked at", "recently-seen", view, view.RecentlySeen);
        return HtmlPage.Answer(http, title, html, Effort(view));
    }

    private static void Offer(Html html, string title, ProductView view)
    {
        string author = view.Article?.Author ?? "";
        html.AddLine($"<article class=\"book\">")
            .Add($"<div class=\"cover c{view.Sku.Sum(letter => letter) % Covers}\" aria-hidden=\"true\">")
            .AddLine($"<span class=\"title\">{title}</span><span class=\"author\">{author}</span></div>")
            .AddLine($"<div>").AddLine($"<h1>{title}</h1>");
        if (author.Length > 0)
            html.AddLine($"<p>by {author}</p>");
        Readers(html, view.Reviews);
        if (view.Article is { } article)
            html.AddLine($"<p class=\"price\">{Price(article.PricePence)}</p>");
        else
            Sorry(html, "Title and price cannot be shown at the moment.");
        if (view.Stock.Any(stock => stock.OnHand > 0))
            html.AddLine($"<p>In stock</p>");
        else if (!view.Lacks("stock"))
            html.AddLine($"<p>Not in stock. An order waits until it is.</p>");
        html.AddLine($"<p class=\"small\">{view.Sku}</p>").AddLine($"</div>").AddLine($"</article>");
    }

    private static void Readers(Html html, ReviewSummary? reviews)
    {
        if (reviews is null)
        {
            Sorry(html, "What readers think cannot be shown at the moment.");
            return;
        }

        int full = Math.Clamp((int)Math.Round(reviews.Stars), 0, MostStars);
        string shown = new string('★', full) + new string('☆', MostStars - full);
        string madeUp = reviews.IsMadeUp ? " (made up)" : "";
        string told = Invariant($"{reviews.Stars:0.0} of {MostStars} stars from {reviews.Ratings:N0} ratings{madeUp}");
        html.AddLine($"<p><span class=\"stars\" aria-hidden=\"true\">{shown}</span> {told}</p>");
    }

    private static void Deliveries(Html html, ProductView view)
    {
        html.AddLine($"<section aria-labelledby=\"delivery\">")
            .AddLine($"<h2 id=\"delivery\">Stock and delivery</h2>");
        if (view.Stock.Count > 0 || view.Deliveries.Count > 0)
        {
            html.AddLine($"<table>").AddLine($"<caption>Arrives by, when it is ordered now</caption>")
                .Add($"<thead><tr><th scope=\"col\">From</th><th scope=\"col\">In stock</th>");
            foreach (DeliveryMethod method in Methods)
                html.Add($"<th scope=\"col\">{NameOf(method)}</th>");
            html.AddLine($"</tr></thead>").AddLine($"<tbody>");
            foreach (string centre in Centres.All)
                From(html, view, centre);
            html.AddLine($"</tbody>").AddLine($"</table>");
        }

        if (view.Lacks("stock"))
            Sorry(html, "Not every centre could be asked what it has. Orders are taken all the same.");
        if (view.Lacks("delivery"))
            Sorry(html, "When it would arrive cannot be said in full at the moment.");
        html.AddLine($"</section>");
    }

    private static string NameOf(DeliveryMethod method) =>
        method == DeliveryMethod.International ? "Abroad" : method.ToString();

    private static void From(Html html, ProductView view, string centre)
    {
        string stock = view.Stock.FirstOrDefault(one => one.Centre == centre)?.OnHand switch
        {
            null => "not known",
            0 => "none",
            long pieces => Invariant($"{pieces:N0}"),
        };
        html.Add($"<tr><th scope=\"row\">{centre}</th><td>{stock}</td>");
        foreach (DeliveryMethod method in Methods)
        {
            DeliveryPromise? promise =
                view.Deliveries.FirstOrDefault(one => one.Centre == centre && one.Method == method);
            html.Add($"<td>{(promise is null ? "not known" : Invariant($"{promise.ArrivesBy:ddd d MMM}"))}</td>");
        }

        html.AddLine($"</tr>");
    }

    private static void Cards(
        Html html, string heading, string part, ProductView view, IReadOnlyList<ProductCard> cards)
    {
        if (cards.Count == 0 && !view.Lacks(part))
            return;
        html.AddLine($"<section aria-labelledby=\"{part}\">").AddLine($"<h2 id=\"{part}\">{heading}</h2>");
        if (cards.Count > 0)
        {
            html.AddLine($"<ul class=\"cards\">");
            foreach (ProductCard card in cards)
                Card(html, card);
            html.AddLine($"</ul>");
        }

        if (view.Lacks(part))
            Sorry(html, cards.Count == 0 ? "This cannot be shown at the moment." : "Some of this is missing just now.");
        html.AddLine($"</section>");
    }

    private static void Card(Html html, ProductCard card)
    {
        html.Add($"<li><a href=\"{HtmlPage.LinkTo(card.Sku)}\">{card.Title ?? card.Sku}</a>");
        string?[] facts =
        [
            card.Author is { Length: > 0 } author ? $"by {author}" : null,
            card.PricePence is { } pence ? Price(pence) : "price not known just now",
            card.Stars is { } stars ? Invariant($"{stars:0.0} of {MostStars} stars") : null,
            card.OnHand switch { null => null, 0 => "not in stock", _ => "in stock" },
        ];
        foreach (string fact in facts.OfType<string>())
            html.Add($"<span>{fact}</span>");
        html.AddLine($"</li>");
    }

    private static void Sorry(Html html, string what) => html.AddLine($"<p class=\"missing\">{what}</p>");

    private static string Effort(ProductView view)
    {
        string effort = Invariant(
            $"{view.Effort.Pieces} pieces in {view.Effort.Milliseconds:0} ms, {view.Missing.Count} of them missing");
        // What is only missing because something else is needs no mention.
        IEnumerable<string> why = view.Missing
            .Where(piece => piece.Reason != ProductPages.NothingToMakeItFrom)
            .Select(piece => $"{piece.Piece.Split('/')[0]}: {piece.Reason}")
            .Distinct();
        return view.Missing.Count == 0 ? $"{effort}." : $"{effort} ({string.Join("; ", why)}).";
    }

    private static string Price(long pence) => new Money(pence).ToString();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
