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
}
