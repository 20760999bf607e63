using Waybill.Stores;

namespace Waybill.Tracking.Tests;

public abstract class FollowingTests : TrackingTestBase
{
    [Fact]
    public async Task An_order_in_flight_is_found_by_its_key_where_it_is()
    {
        await using Shop shop = new(packing: TimeSpan.FromMinutes(5));
        ElementId id = await shop.SubmitAsync("order-1", parcels: 2);
        await shop.Site.RunUntilQuietAsync();

        await shop.Feed(Store).PumpAllAsync();

        TrackedElement found = Assert.Single(await Tracker(shop).FindAsync("order-1"));
        Assert.Equal((id, "shop", "complete"), (found.Id, found.Site, found.Node.Node));
        Assert.Equal(TrackedState.Calling, found.State);
        Assert.Equal(shop.Time.GetUtcNow(), found.Since);
        Assert.Equal(3, await Tracker(shop).CountAsync(TrackedFilter.All));
    }

    [Fact]
    public async Task A_family_tells_its_history_and_where_time_went()
    {
        await using Shop shop = new(packing: TimeSpan.FromMinutes(5), fails: (_, attempt) => attempt == 1);
        ElementId id = await shop.SubmitAsync("order-1");
        await shop.Site.AdvanceAsync(TimeSpan.FromMinutes(20));

        await shop.Feed(Store).PumpAllAsync();

        Family family = (await Tracker(shop).FamilyAsync(id))!;
        FamilyMember parcel = Assert.Single(family.Root.Called);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Called, JournalKind.Returned, JournalKind.Finished],
            family.Root.Steps.Select(step => step.Kind));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Moved, JournalKind.Retried, JournalKind.Finished],
            parcel.Steps.Select(step => step.Kind));
        Assert.Contains("the tape is torn", parcel.Steps[2].Detail);
        NodeTime pack = parcel.Times.Single(time => time.Node.Node == "pack");
        Assert.Equal((2, TimeSpan.FromMinutes(10)), (pack.Runs, pack.Worked));
        Assert.InRange(pack.Waited, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        Assert.Equal(id, parcel.Element.Caller);
    }

    [Fact]
    public async Task Each_row_counts_once_whatever_the_size_of_passes()
    {
        await using Shop shop = new();
        for (int i = 0; i < 20; i++)
            await shop.SubmitAsync($"order-{i}", parcels: 3);
        await shop.Site.RunUntilQuietAsync();

        TrackingFeed small = shop.Feed(Store, batchMax: 7);
        int rows = await small.PumpAllAsync();
        int again = await shop.Feed(Store).PumpAllAsync();

        Assert.Equal(await shop.Store.Journal.CountAsync(Cancel), rows);
        Assert.Equal(0, again);
        IReadOnlyList<NodeHour> hours = await HoursAsync(shop);
        Assert.Equal(60, hours.Single(hour => hour.Node.Node == "pack").Completions);
        Assert.Equal(40, hours.Where(hour => hour.Node.Workflow == "orders").Sum(hour => hour.Completions));
    }

    [Fact]
    public async Task Two_sites_share_a_store()
    {
        await using Shop first = new();
        await using Shop second = new();
        await first.SubmitAsync("order-1");
        await second.SubmitParcelAsync("parcel-1");
        await first.Site.RunUntilQuietAsync();

        // Counted ids of the test sites are the same; those of real sites never are.
        await first.Feed(Store, "north").PumpAllAsync();
        await Store.MoveAsync(100, Cancel);
        await second.Feed(Store, "south").PumpAllAsync();

        Assert.Equal(1, await Tracker(first).CountAsync(new TrackedFilter { Site = "south" }));
        Assert.Equal(0, await Tracker(first).CountAsync(new TrackedFilter { Site = "north" }));
    }

    [Fact]
    public async Task Rows_that_were_taken_in_may_be_forgotten_by_the_site_and_no_others()
    {
        await using Shop shop = new();
        TrackingFeed feed = shop.Feed(Store, batchMax: 2);
        await shop.SubmitAsync("order-1");
        await feed.PumpOnceAsync(Cancel);
        await shop.Site.RunUntilQuietAsync();
        shop.Time.Advance(TimeSpan.FromDays(1));

        await feed.PumpOnceAsync(Cancel);
        int forgotten = await shop.Store.Journal.TrimAsync(shop.Time.GetUtcNow(), 1000, Cancel);

        Assert.Equal(feed.Rows, forgotten);
        Assert.True(feed.RowsBehind > 0);
        await feed.PumpAllAsync();
        Assert.Equal(0, await Tracker(shop).CountAsync(TrackedFilter.All));
    }

    [Fact]
    public async Task The_lag_grows_while_rows_cannot_be_taken_in_and_is_gone_when_all_are()
    {
        await using Shop shop = new();
        await shop.SubmitAsync("order-1");
        TrackingFeed feed = shop.Feed(Store);
        Store.Passing = _ => throw new IOException("away");
        await Assert.ThrowsAsync<IOException>(() => feed.PumpOnceAsync(Cancel));
        shop.Time.Advance(TimeSpan.FromHours(1));
        TimeSpan away = feed.Lag;

        Store.Passing = null;
        await feed.PumpAllAsync();

        Assert.Equal(TimeSpan.FromHours(1), away);
        Assert.Equal(TimeSpan.Zero, feed.Lag);
    }

    [Fact]
    public async Task A_store_that_is_opened_again_goes_on_where_it_was()
    {
        await using Shop shop = new();
        await shop.SubmitAsync("order-1");
        await shop.Feed(Store, batchMax: 1).PumpOnceAsync(Cancel);
        await shop.Site.RunUntilQuietAsync();

        await Fixture.OpenAsync();
        await shop.Feed(Store).PumpAllAsync();

        Assert.Equal(0, await Tracker(shop).CountAsync(TrackedFilter.All));
        Assert.Equal(2, (await Tracker(shop).EndedAsync(EndedFilter.All)).Items.Count);
    }

    [Fact]
    public async Task Another_process_reads_while_this_one_writes()
    {
        await using Shop shop = new(packing: TimeSpan.FromMinutes(1));
        await shop.SubmitAsync("order-1");
        await shop.Feed(Store).PumpAllAsync();
        await using TrackingStore reader = Fixture.MakeReader();
        await reader.OpenAsync(Cancel);

        Assert.Equal(1, await new Tracker(reader, shop.Time).CountAsync(TrackedFilter.All));
    }

    private Task<IReadOnlyList<NodeHour>> HoursAsync(Shop shop) => Tracker(shop).HoursAsync(
        shop.Time.GetUtcNow().AddHours(-1), shop.Time.GetUtcNow().AddHours(1));
}

public sealed class SqliteFollowing : FollowingTests
{
    protected override TrackingFixture Create() => new SqliteTrackingFixture();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresFollowing(SharedPostgres shared) : FollowingTests
{
    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);
}
