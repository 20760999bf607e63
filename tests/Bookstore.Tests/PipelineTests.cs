using System.Text.RegularExpressions;
using Bookstore.Commands;
using Bookstore.Feeds;
using Bookstore.Outside;
using Bookstore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Tests;

public sealed partial class PipelineTests : IDisposable
{
    private readonly Bookshop shop = new();

    [Fact]
    public async Task All_orders_of_a_feed_end_and_the_books_balance()
    {
        int run = await shop.RunAsync(shop.Order(count: 150));

        Assert.Equal(0, run);
        Assert.Equal(0, await shop.VerifyAsync());
        Assert.Contains("nothing is in flight", shop.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("150 orders, 150 ended", shop.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_that_was_cut_short_goes_on_and_submits_nothing_twice()
    {
        await shop.VisitAsync(async (services, database) =>
        {
            SeededFeed feed = new(services.GetRequiredService<Chance>(), SeededCatalog.Of(new Chance(1), 1000), 80);
            await OpeningDay.PrepareAsync(feed, database, CancellationToken.None);
            Bookmark bookmark = new(database);
            Feeder feeder = new(feed, services.GetRequiredService<SiteClient>(), bookmark, TimeProvider.System);
            await feeder.SubmitOnceAsync(50);

            // As a crash between the submissions and the bookmark leaves it.
            await bookmark.MoveAsync(feed.Name, 30, CancellationToken.None);
        });

        await shop.RunAsync(shop.Order(count: 80));
        await shop.RunAsync(shop.Order(count: 80));

        Assert.Equal(0, await shop.VerifyAsync());
        await shop.VisitAsync(async (services, _) => Assert.Equal(
            80,
            await services.GetRequiredService<ISiteStore>().Tickets.CountAsync(
                new TicketFilter { Workflow = Orders.Workflow.Name, HasEnded = true }, CancellationToken.None)));
    }

    [Fact]
    public async Task The_pipeline_prints_every_node_with_its_purpose()
    {
        using StringWriter output = new();

        await new PipelineCommand(output).RunAsync();

        string[] nodes = [.. output.ToString().Split(Environment.NewLine).Where(line => NodeLine().IsMatch(line))];
        Assert.Equal(35, nodes.Length);
        Assert.All(nodes, node => Assert.EndsWith(".", node, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_real_order_file_runs_to_its_end_and_its_totals_reconcile()
    {
        string orders = RealFiles.Find("online-retail.csv");

        await shop.RunAsync(shop.Order(count: 0) with { OrdersFile = orders });

        Assert.Contains("reconciled", shop.Output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("NOT RECONCILED", shop.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await shop.VerifyAsync());
        Assert.Contains("424 orders, 424 ended", shop.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_catalogue_sells()
    {
        string catalog = RealFiles.Find("books.csv");

        await shop.RunAsync(shop.Order(count: 60) with { CatalogFile = catalog });

        Assert.Contains("10,000 articles", shop.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await shop.VerifyAsync());
    }

    public void Dispose() => shop.Dispose();

    [GeneratedRegex("^  (?!change )[a-z]")]
    private static partial Regex NodeLine();
}
