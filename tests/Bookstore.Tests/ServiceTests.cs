using Bookstore.Contracts;
using Bookstore.Domains;
using Bookstore.Feeds;
using Bookstore.Outside;
using Bookstore.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill;
using Waybill.Services;
using Waybill.Testing;

namespace Bookstore.Tests;

public sealed class ServiceTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Bookshop shop = new();

    // Stands still, so that a busy machine lets no call's deadline pass.
    private readonly FakeTime still = new();

    [Fact]
    public async Task Services_of_one_process_answer_without_a_network()
    {
        await shop.VisitAsync(async (services, database) =>
        {
            await OpeningDay.PrepareAsync(Feed(), database, None);

            CatalogArticle? article = await services.GetRequiredService<ICatalog>().FindAsync("BK00007", None);
            KnownCustomer? customer = await services.GetRequiredService<ICustomers>().FindAsync("C0001", None);
            long onHand = await services.GetRequiredService<IInventory>().OnHandInAllAsync("BK00007", None);

            Assert.NotNull(article);
            Assert.True(article.PricePence > 0);
            Assert.NotNull(customer);
            Assert.True(onHand >= 0);
            Assert.Null(await services.GetRequiredService<ICatalog>().FindAsync("no such book", None));
        }, still);
    }

    [Fact]
    public async Task A_service_answers_over_HTTP_as_it_does_in_one_process()
    {
        await shop.RunAsync(shop.Order(count: 5));
        SiteOrder serving = shop.Site with
        {
            Serves = ["catalog", "reviews"],
            Urls = ["http://127.0.0.1:0"],
            HasWorker = false,
            IsReadOnly = true,
        };
        await using ServedSite server = await ServedSite.StartAsync(serving, still);
        SiteOrder calling = new()
        {
            HasStore = false,
            HasWorker = false,
            Uses = new Dictionary<string, string> { ["catalog"] = server.Url, ["reviews"] = server.Url },
        };
        using IHost caller = ServedSite.Build(calling, still);

        CatalogArticle? article = await caller.Services.GetRequiredService<ICatalog>().FindAsync("BK00007", None);
        ReviewSummary reviews = await caller.Services.GetRequiredService<IReviews>().SummaryAsync("BK00007", None);

        await shop.VisitAsync(async (services, _) =>
        {
            Assert.Equal(await services.GetRequiredService<ICatalog>().FindAsync("BK00007", None), article);
            Assert.Equal(await services.GetRequiredService<IReviews>().SummaryAsync("BK00007", None), reviews);
        }, still);
    }

    [Fact]
    public async Task Services_with_a_key_let_only_those_in_who_have_it()
    {
        SiteOrder serving = Payments() with { ServiceKey = "open sesame" };
        await using ServedSite server = await ServedSite.StartAsync(serving, still);
        SiteOrder calling = new()
        {
            HasStore = false,
            HasWorker = false,
            Uses = new Dictionary<string, string> { ["payments"] = server.Url },
        };
        CardPayment payment = new("r-1", "S1", "card-1", 100);
        using IHost known = ServedSite.Build(calling with { ServiceKey = "open sesame" }, still);
        using IHost stranger = ServedSite.Build(calling, still);

        PaymentVerdict verdict = await known.Services.GetRequiredService<IPayments>().VoidAsync(payment, None);
        ServiceCallException refused = await Assert.ThrowsAsync<ServiceCallException>(
            () => stranger.Services.GetRequiredService<IPayments>().VoidAsync(payment, None));

        Assert.True(verdict.IsApproved);
        Assert.Equal(CallFailure.Rejected, refused.Failure);
    }

    [Fact]
    public void Services_without_a_key_stay_on_this_machine()
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(
            () => ServedSite.Build(Payments() with { Urls = ["http://0.0.0.0:0"] }, still));

        Assert.Contains("BOOKSTORE_SERVICE_KEY", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_that_was_led_here_under_another_name_is_turned_away()
    {
        await using ServedSite server = await ServedSite.StartAsync(Payments(), still);
        using HttpClient browser = new();
        using HttpRequestMessage request = new(HttpMethod.Post, $"{server.Url}/services/payments/v1/forget")
        {
            Content = new StringContent("{\"reference\":\"r-1\"}", null, "application/json"),
            Headers = { Host = "evil.example" },
        };

        using HttpResponseMessage response = await browser.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void Nodes_reach_the_domains_through_contracts_only()
    {
        Type[] nodes =
        [
            .. typeof(Topology).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }
                && type.GetInterfaces().Any(role => role.Name.StartsWith("INode", StringComparison.Ordinal))),
        ];
        string[] hidden = [typeof(Catalog).Namespace!, typeof(Storage.Database).Namespace!];

        Assert.True(nodes.Length > 10);
        Assert.Empty(
            from node in nodes
            from parameter in node.GetConstructors().Single().GetParameters()
            where hidden.Contains(parameter.ParameterType.Namespace)
                || parameter.ParameterType == typeof(CardProcessor)
                || parameter.ParameterType == typeof(SiteClient)
            select $"{node.Name} takes {parameter.ParameterType.Name}");
    }

    [Fact]
    public async Task Orders_are_placed_once_under_a_number_and_refused_with_a_reason()
    {
        await shop.VisitAsync(async (services, database) =>
        {
            await OpeningDay.PrepareAsync(Feed(), database, None);
            IOrders orders = services.GetRequiredService<IOrders>();
            NewOrder order = new("W-1", "C0001", [new NewOrderLine("BK00001", 2)], IsUrgent: false);

            OrderReceipt first = await orders.PlaceAsync(order, None);
            OrderReceipt second = await orders.PlaceAsync(order, None);
            RefusedException unknown = await Assert.ThrowsAsync<RefusedException>(
                () => orders.PlaceAsync(order with { Number = "W-2", Customer = "nobody" }, None));
            RefusedException empty = await Assert.ThrowsAsync<RefusedException>(
                () => orders.PlaceAsync(order with { Number = "W-3", Lines = [] }, None));

            Assert.True(first.IsNew);
            Assert.Equal(first with { IsNew = false }, second);
            Assert.Equal("unknown-customer", unknown.Code);
            Assert.Equal("bad-order", empty.Code);
            Assert.Equal(OrderStage.UnderWay, (await orders.FindAsync("W-1", None))?.Stage);
            Assert.Equal("accept", Assert.Single(await orders.PlacesAsync("W-1", None)).Node);
        }, still);
    }

    [Fact]
    public void What_was_seen_last_is_told_first_and_only_so_much_is_kept()
    {
        RecentlySeen seen = new();
        foreach (int i in Enumerable.Range(0, 30))
            seen.Note("C1", $"S{i}");
        seen.Note("C1", "S15");

        Assert.Equal(["S15", "S29", "S28"], seen.Of("C1", 3));
        Assert.Equal(20, seen.Of("C1", 100).Count);
        Assert.Empty(seen.Of("C2", 3));
    }

    public void Dispose() => shop.Dispose();

    private static SeededFeed Feed()
    {
        Chance chance = new(1);
        return new SeededFeed(chance, SeededCatalog.Of(chance, 1000), 50);
    }

    private static SiteOrder Payments() => new()
    {
        Serves = ["payments"],
        Urls = ["http://127.0.0.1:0"],
        HasStore = false,
        HasWorker = false,
        Speed = 0,
    };
}
