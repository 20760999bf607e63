using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bookstore.Contracts;
using Bookstore.Feeds;
using Bookstore.Outside;
using Bookstore.Services;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Testing;

namespace Bookstore.Tests;

public sealed class ShopTests : IDisposable
{
    private const string NobodyThere = "";
    private readonly Bookshop shop = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_is_placed_with_a_ticket_followed_to_its_end_and_found_with_its_parcels()
    {
        await using ServedSite site = await OpenAsync();
        using HttpClient clerk = await site.ClerkAsync();
        string sku = await AnyInStockAsync(site);

        // By its number, the seeded card processor has made up its mind about it.
        object[] lines = [new { sku, quantity = 1 }];
        using HttpResponseMessage placed = await clerk.PostAsJsonAsync(
            "/shop/orders", new { number = "W-1", customer = "C0001", lines }, Stop);
        JsonElement ticket = await JsonOf(placed);
        string state = ticket.GetProperty("state").GetString()!;
        while (state is "accepted" or "running")
        {
            using HttpRequestMessage poll = new(HttpMethod.Get, placed.Headers.Location);
            poll.Headers.Add("Prefer", "wait=30");
            using HttpResponseMessage answer = await clerk.SendAsync(poll, Stop);
            state = (await JsonOf(answer)).GetProperty("state").GetString()!;
        }

        using HttpResponseMessage found = await clerk.GetAsync("/shop/orders/W-1", Stop);
        JsonElement order = await JsonOf(found);
        Assert.Equal(HttpStatusCode.Accepted, placed.StatusCode);
        Assert.Equal("finished", state);
        Assert.True(order.GetProperty("order").GetProperty("stage").GetString() == "complete", order.ToString());
        Assert.Equal(1, order.GetProperty("parcels").GetArrayLength());
    }

    [Fact]
    public async Task An_order_that_waits_for_payment_can_be_sent_elsewhere_and_called_off()
    {
        await using ServedSite site = await OpenAsync("payments");
        using HttpClient clerk = await site.ClerkAsync();
        object[] lines = [new { sku = "BK00001", quantity = 1 }];
        object order = new { number = "W-1", customer = "C0001", lines };
        using HttpResponseMessage placed = await clerk.PostAsJsonAsync("/shop/orders", order, Stop);
        // From here on, calling it off needs payments, which are away.
        await UntilItIsAtAsync("payments/process", clerk);

        using HttpResponseMessage moved = await MoveAsync(clerk);
        using HttpResponseMessage cancelled = await clerk.DeleteAsync("/shop/orders/W-1", Stop);
        using HttpResponseMessage found = await clerk.GetAsync("/shop/orders/W-1", Stop);

        Assert.Equal(HttpStatusCode.Accepted, placed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        Assert.Equal("underWay", (await JsonOf(found)).GetProperty("order").GetProperty("stage").GetString());
    }

    // A callback that is never sent must fail the test, not keep it waiting.
    [Fact(Timeout = 600_000)]
    public async Task Whoever_placed_an_order_is_called_back_when_it_has_ended()
    {
        await using CallbackReceiver receiver = await CallbackReceiver.StartAsync();
        await using ServedSite site = await OpenAsync();
        using HttpClient clerk = await site.ClerkAsync();
        using HttpResponseMessage registered = await clerk.PostAsJsonAsync(
            "/v1/callbacks/endpoints", new { name = "till", url = receiver.Url }, Stop);
        string callback = (await JsonOf(registered)).GetProperty("endpoint").GetProperty("id").GetString()!;
        object[] lines = [new { sku = await AnyInStockAsync(site), quantity = 1 }];

        using HttpResponseMessage placed = await clerk.PostAsJsonAsync(
            "/shop/orders", new { number = "W-1", customer = "C0001", lines, callback }, Stop);
        using HttpResponseMessage unknown = await clerk.PostAsJsonAsync(
            "/shop/orders", new { number = "W-2", customer = "C0001", lines, callback = "nobody" }, Stop);

        (string Signature, string Body) told = await receiver.ToldAsync();
        Assert.Equal(HttpStatusCode.Accepted, placed.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
        Assert.StartsWith("v1,", told.Signature, StringComparison.Ordinal);
        Assert.Contains("W-1", told.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_shop_cannot_take_is_refused_with_a_stable_type()
    {
        await using ServedSite site = await OpenStillAsync();
        using HttpClient clerk = await site.ClerkAsync();
        using HttpClient stranger = site.Browser();
        object order = new { customer = "C0001", lines = new[] { new { sku = "no such book", quantity = 1 } } };

        using HttpResponseMessage unknown = await clerk.PostAsJsonAsync("/shop/orders", order, Stop);
        using HttpResponseMessage odd = await clerk.PostAsJsonAsync("/shop/orders", new { customer = 7 }, Stop);
        using HttpResponseMessage keyless = await stranger.PostAsJsonAsync("/shop/orders", order, Stop);
        using HttpResponseMessage nowhere = await clerk.GetAsync("/shop/orders/no-such-order", Stop);

        Assert.Equal("urn:waybill:problem:unknown-article", (await JsonOf(unknown)).GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, keyless.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    [Fact]
    public async Task A_page_of_more_than_a_hundred_calls_is_whole_and_remembers_what_its_visitor_saw()
    {
        await using ServedSite site = await OpenStillAsync();
        await site.Services.GetRequiredService<RecommendationService>().RefreshOnceAsync(Stop);
        using HttpClient visitor = site.Browser();

        await visitor.GetStringAsync("/shop/books/BK00002", Stop);
        JsonElement page = await visitor.GetFromJsonAsync<JsonElement>("/shop/books/BK00001", Stop);

        Assert.Equal(0, page.GetProperty("missing").GetArrayLength());
        Assert.InRange(page.GetProperty("effort").GetProperty("pieces").GetInt32(), 101, 250);
        Assert.Equal(3, page.GetProperty("stock").GetArrayLength());
        Assert.Equal(9, page.GetProperty("deliveries").GetArrayLength());
        Assert.Equal(12, page.GetProperty("similar").GetArrayLength());
        Assert.Equal(12, page.GetProperty("alsoBought").GetArrayLength());
        Assert.Equal("BK00002", page.GetProperty("recentlySeen")[0].GetProperty("sku").GetString());
    }

    [Fact]
    public async Task A_page_does_without_services_that_are_away_and_says_what_is_missing()
    {
        await using ServedSite site = await OpenStillAsync("reviews", "inventory", "recommendations");
        using HttpClient visitor = site.Browser();

        JsonElement page = await visitor.GetFromJsonAsync<JsonElement>("/shop/books/BK00001", Stop);
        string html = await visitor.GetStringAsync("/shop/books/BK00001.html", Stop);

        Assert.Equal("BK00001", page.GetProperty("article").GetProperty("sku").GetString());
        string?[] missing =
            [.. page.GetProperty("missing").EnumerateArray().Select(one => one.GetProperty("piece").GetString())];
        Assert.Contains("reviews", missing);
        Assert.Contains("stock/Leeds", missing);
        Assert.Contains("similar", missing);
        Assert.Contains("What readers think cannot be shown at the moment.", html, StringComparison.Ordinal);
        Assert.Contains("Orders are taken all the same.", html, StringComparison.Ordinal);
        Assert.Contains("Arrives by", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_page_allows_its_own_style_and_nothing_else()
    {
        await using ServedSite site = await OpenStillAsync();
        using HttpClient visitor = site.Browser();

        using HttpResponseMessage answer = await visitor.GetAsync("/shop/books/BK00001.html", Stop);

        string html = await answer.Content.ReadAsStringAsync(Stop);
        string style = html.Split("<style>")[1].Split("</style>")[0];
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith($"default-src 'none'; style-src 'sha256-{hash}';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.Contains("<main id=\"main\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_catalogue_is_turned_page_by_page_and_what_is_asked_for_is_only_text()
    {
        await using ServedSite site = await OpenStillAsync();
        using HttpClient visitor = site.Browser();

        string first = await visitor.GetStringAsync("/shop/books.html", Stop);
        string last = await visitor.GetStringAsync("/shop/books.html?after=BK00100", Stop);
        string none = await visitor.GetStringAsync("/shop/books.html?after=ZZ%22%3E%3Cscript%3E", Stop);

        Assert.Contains("href=\"/shop/books/BK00001.html\"", first, StringComparison.Ordinal);
        Assert.Contains("?after=BK00100", first, StringComparison.Ordinal);
        Assert.Contains("href=\"/shop/books/BK00101.html\"", last, StringComparison.Ordinal);
        Assert.Contains("There are no more books.", none, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", none, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_an_article_that_is_not_sold_is_not_found()
    {
        await using ServedSite site = await OpenStillAsync();
        using HttpClient visitor = site.Browser();

        using HttpResponseMessage page = await visitor.GetAsync("/shop/books/<script>.html", Stop);
        using HttpResponseMessage json = await visitor.GetAsync("/shop/books/<script>", Stop);

        string html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (page.StatusCode, json.StatusCode));
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Contains("<h1>No such book</h1>", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/shop/books.html\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Equal("urn:waybill:problem:not-found", (await JsonOf(json)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_page_whose_catalogue_is_away_says_so_as_a_page()
    {
        await using ServedSite site = await OpenStillAsync("catalog");
        using HttpClient visitor = site.Browser();

        using HttpResponseMessage page = await visitor.GetAsync("/shop/books.html", Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Equal("2", Assert.Single(page.Headers.GetValues("Retry-After")));
        Assert.Contains(
            "Try again in a few seconds.", await page.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    public void A_shop_that_other_machines_could_reach_is_not_opened(string url)
    {
        SiteOrder order = shop.Site with { HasShop = true, Urls = [url] };

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => ServedSite.Build(order));

        Assert.Contains("a proxy with TLS before it", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => shop.Dispose();

    // At its hardest, a busy machine takes longer than a client may wait: then the client asks again.
    private static async Task<HttpResponseMessage> MoveAsync(HttpClient clerk)
    {
        HttpResponseMessage answer;
        do
        {
            answer = await clerk.PutAsJsonAsync(
                "/shop/orders/W-1/address", new { address = "7 Key Lane, Oban" }, Stop);
        }
        while (answer.StatusCode == HttpStatusCode.Conflict
            && (await JsonOf(answer)).GetProperty("type").GetString() == "urn:waybill:problem:could-not-reach");

        return answer;
    }

    private static async Task UntilItIsAtAsync(string place, HttpClient clerk)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        JsonElement order;
        do
        {
            await timer.WaitForNextTickAsync(Stop);
            order = await clerk.GetFromJsonAsync<JsonElement>("/shop/orders/W-1", Stop);
        }
        while (!order.GetProperty("places").EnumerateArray().Any(one =>
            $"{one.GetProperty("workflow").GetString()}/{one.GetProperty("node").GetString()}" == place));
    }

    private Task<ServedSite> OpenAsync(params string[] away) => OpenAsync(null, away);

    /// <summary>A shop whose time stands still: no deadline passes, however busy the machine.</summary>
    private Task<ServedSite> OpenStillAsync(params string[] away) => OpenAsync(new FakeTime(), away);

    private async Task<ServedSite> OpenAsync(TimeProvider? time, string[] away)
    {
        Chance chance = new(1);
        SeededFeed feed = new(chance, SeededCatalog.Of(chance, 200), 50);
        await shop.VisitAsync((_, database) => OpeningDay.PrepareAsync(feed, database, Stop), time);
        return await ServedSite.StartAsync(shop.Site with
        {
            Urls = ["http://127.0.0.1:0"],
            HasShop = true,
            CallbackNetworks = [IPNetwork.Parse("127.0.0.0/8")],
            Uses = away.ToDictionary(name => name, _ => NobodyThere),
        }, time);
    }

    private static async Task<string> AnyInStockAsync(ServedSite site)
    {
        IInventory inventory = site.Services.GetRequiredService<IInventory>();
        IReadOnlyList<CatalogArticle> articles =
            await site.Services.GetRequiredService<ICatalog>().ListAsync(null, 50, Stop);
        IReadOnlyList<CentreStock> levels =
            await inventory.LevelsAsync([.. articles.Select(article => article.Sku)], Stop);
        return levels[0].Sku;
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
}
