using Bookstore.Feeds;
using Bookstore.Outside;
using Microsoft.Extensions.DependencyInjection;
using Waybill;
using Waybill.Stores;
using Waybill.Tracking;
using Waybill.Tracking.Sqlite;

namespace Bookstore.Tests;

public sealed class TrackingCommandTests(TrackingCommandTests.TrackedRun run)
    : IClassFixture<TrackingCommandTests.TrackedRun>
{
    [Fact]
    public async Task An_order_is_shown_with_its_shipments_payments_and_waves()
    {
        (int exit, string said) = await run.Shop.SayAsync("where", "S1-000001");

        Assert.Equal(0, exit);
        Assert.Contains("S1-000001/authorise-1", said, StringComparison.Ordinal);
        Assert.Contains("fulfilment/", said, StringComparison.Ordinal);
        Assert.Contains("given to the carrier", said, StringComparison.Ordinal);
        Assert.Contains("batch ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_that_was_changed_is_not_shown()
    {
        SeededFeed feed = new(new Chance(1), SeededCatalog.Of(new Chance(1), 1000), TrackedRun.Orders);
        string changed = Enumerable.Range(0, TrackedRun.Orders)
            .SelectMany(entry => feed.At(entry)).OfType<CardChanged>().First().Order;

        (_, string said) = await run.Shop.SayAsync("where", changed);

        Assert.Contains("\"type\":\"card\"", said, StringComparison.Ordinal);
        Assert.DoesNotContain("waybill-sealed", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_nobody_knows_is_named()
    {
        (int exit, string said) = await run.Shop.SayAsync("where", "X-9");

        Assert.Equal(1, exit);
        Assert.Contains("X-9", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_is_listed_from_the_warehouse_since_an_instant()
    {
        (_, string all) = await run.Shop.SayAsync("history", "--since", "2020-01-01");
        (_, string none) = await run.Shop.SayAsync("history", "--since", "2999-01-01");

        Assert.Contains("in the warehouse", all, StringComparison.Ordinal);
        Assert.Contains($"{TrackedRun.Orders} shown", all, StringComparison.Ordinal);
        Assert.StartsWith("0 shown", none, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_is_exported_with_a_line_of_headers()
    {
        (int exit, string said) = await run.Shop.SayAsync("export", "--as", "csv");

        string[] lines = said.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, exit);
        Assert.StartsWith("id,site,businessKey", lines[0], StringComparison.Ordinal);
        Assert.Equal(TrackedRun.Orders + 1, lines.Length);
    }

    [Fact]
    public async Task Where_nothing_is_in_flight_nothing_holds_up_the_work()
    {
        (int exit, string said) = await run.Shop.SayAsync("bottleneck");

        Assert.Equal(0, exit);
        Assert.StartsWith("All nodes keep up", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_tracking_cannot_read_is_shown_retried_and_dismissed()
    {
        using Bookshop shop = new();
        await shop.VisitAsync((_, _) => Task.CompletedTask);
        await using (SqliteTrackingStore store = new(Path.ChangeExtension(shop.File, ".tracking.db")))
        {
            await store.OpenAsync(CancellationToken.None);
            JournalEntry torn = new(
                new JournalPosition(1, 0), DateTimeOffset.UnixEpoch, JournalKind.Accepted, new ElementId(Guid.Empty),
                0, new NodeAddress("orders", 1, "authorise"), TimeSpan.Zero, "torn");
            await store.ApplyAsync(new TrackingPass("bookstore", default, [torn]), CancellationToken.None);
        }

        (_, string shown) = await shop.SayAsync("aside");
        (_, string retried) = await shop.SayAsync("aside", "retry");
        (int exit, string dismissed) = await shop.SayAsync("aside", "dismiss", "--row", "1", "--reason", "damaged");

        Assert.Contains("Accepted of 00000000", shown, StringComparison.Ordinal);
        Assert.StartsWith("0 taken in", retried, StringComparison.Ordinal);
        Assert.StartsWith("1 dismissed", dismissed, StringComparison.Ordinal);
        Assert.EndsWith("0 of 0 set aside", dismissed.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, exit);
    }

    /// <summary>A run that has ended, whose journal was followed to its end.</summary>
    public sealed class TrackedRun : IAsyncLifetime
    {
        public const int Orders = 25;

        internal Bookshop Shop { get; } = new();

        public async ValueTask InitializeAsync()
        {
            // All at once, before anybody works: no change comes too late.
            await Shop.VisitAsync(async (services, database) =>
            {
                SeededFeed feed = new(new Chance(1), SeededCatalog.Of(new Chance(1), 1000), Orders);
                await OpeningDay.PrepareAsync(feed, database, CancellationToken.None);
                Feeder feeder = new(
                    feed, services.GetRequiredService<SiteClient>(), new Bookmark(database), TimeProvider.System);
                await feeder.SubmitOnceAsync(Orders);
            });
            await Shop.RunAsync(Shop.Order(Orders));
            await using SqliteTrackingStore store = new(Path.ChangeExtension(Shop.File, ".tracking.db"));
            await store.OpenAsync(CancellationToken.None);
            await Shop.VisitAsync(async (services, _) =>
            {
                ISiteStore site = services.GetRequiredService<ISiteStore>();
                TrackingFeed feed = new("bookstore", site, store, new TrackingOptions(), TimeProvider.System);
                while (await feed.PumpOnceAsync(CancellationToken.None) > 0)
                {
                    // Until the journal's end.
                }
            });
            while (await store.MoveAsync(1000, CancellationToken.None) > 0)
            {
                // Until all families are in the warehouse.
            }
        }

        public ValueTask DisposeAsync()
        {
            Shop.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
