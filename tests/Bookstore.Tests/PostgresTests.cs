using Waybill.Testing;

namespace Bookstore.Tests;

public sealed class PostgresTests
{
    [Fact]
    public async Task Two_processes_that_share_the_nodes_bring_all_orders_to_their_end()
    {
        await using PostgresServer server = await PostgresServer.StartNewAsync();
        using Bookshop desk = new() { Connection = server.ConnectionString() };
        using Bookshop centre = new() { Connection = server.ConnectionString() };
        using CancellationTokenSource closing = new();
        SiteOrder ofCentre = centre.Site with { Nodes = ["fulfilment", "waves", "payments", "settlements"] };
        SiteOrder ofDesk = desk.Site with { Nodes = ["orders", "receiving", "stowing", "returns"] };
        Task<int> centreRun = centre.RunAsync(
            centre.Order(count: 0) with { Site = ofCentre, Feeds = false }, closing.Token);

        int deskRun = await desk.RunAsync(desk.Order(count: 60) with { Site = ofDesk });
        await closing.CancelAsync();

        Assert.Equal((0, 0), (deskRun, await centreRun));
        Assert.Equal(0, await desk.VerifyAsync());
        Assert.Contains("60 orders, 60 ended", desk.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_is_found_wherever_a_process_of_the_site_serves_it()
    {
        await using PostgresServer server = await PostgresServer.StartNewAsync();
        using Bookshop shop = new() { Connection = server.ConnectionString() };
        await using ServedSite payments = await ServedSite.StartAsync(shop.Site with
        {
            Serves = ["payments"],
            Urls = ["http://127.0.0.1:0"],
            HasWorker = false,
        });
        SiteOrder elsewhere = shop.Site with { Uses = new Dictionary<string, string> { ["payments"] = "" } };

        int run = await shop.RunAsync(shop.Order(count: 10) with { Site = elsewhere });

        Assert.Equal(0, run);
        Assert.Equal(0, await shop.VerifyAsync());
        Assert.Contains("10 orders, 10 ended", shop.Output.ToString(), StringComparison.Ordinal);
    }
}
