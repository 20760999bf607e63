using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Tracking.Sqlite;

namespace Waybill.Tracking.Tests;

public sealed class ServiceTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SqliteTrackingFixture fixture = new();
    private readonly TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task A_service_follows_journals_and_moves_what_has_ended()
    {
        await fixture.OpenAsync();
        await using Shop shop = new();
        await shop.SubmitAsync("order-1");
        await shop.Site.RunUntilQuietAsync();
        using TrackingService service = ServiceOf(fixture.Store, shop);

        await service.StartAsync(CancellationToken.None);
        await moved.Task.WaitAsync(Patience, TimeProvider.System);
        await service.StopAsync(CancellationToken.None);

        IReadOnlyList<TrackedElement> found = await new Tracker(fixture.Store, shop.Time).FindAsync("order-1");
        Assert.True(Assert.Single(found).IsArchived);
    }

    [Fact]
    public async Task A_service_whose_store_is_away_goes_on_when_it_is_back_and_the_site_never_waits()
    {
        await fixture.OpenAsync();
        await using Shop shop = new();
        await using SqliteTrackingStore store = new(fixture.File);
        using TrackingService service = ServiceOf(store, shop);
        await service.StartAsync(CancellationToken.None);

        // Another process has the file: nothing can be tracked, and work goes on.
        ElementId id = await shop.SubmitAsync("order-1");
        await shop.Site.RunUntilQuietAsync();
        TicketRecord? ticket = await shop.Store.Tickets.FindAsync(ElementRef.Of(id), CancellationToken.None);
        await fixture.Store.DisposeAsync();
        await moved.Task.WaitAsync(Patience, TimeProvider.System);
        await service.StopAsync(CancellationToken.None);

        Assert.Equal(Ending.Finished, ticket!.Ending);
        Assert.Equal(2, (await new Tracker(store, shop.Time).EndedAsync(EndedFilter.All)).Items.Count);
    }

    [Fact]
    public async Task Options_that_are_wrong_are_told_together()
    {
        await fixture.OpenAsync();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new TrackingService(
            fixture.Store, [], new TrackingOptions { BatchMax = 0, MonthsKept = -1 }, TimeProvider.System,
            NullLogger<TrackingService>.Instance));

        Assert.Contains("BatchMax", error.Message);
        Assert.Contains("MonthsKept", error.Message);
    }

    [Fact]
    public async Task Texts_of_rows_set_aside_that_nobody_can_seal_are_kept_for_as_long_as_the_options_say()
    {
        await fixture.OpenAsync();
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Add(JournalKind.Amended, Rows.Id(1), 0, Rows.First, detail: "torn");
        await rows.ApplyAsync(fixture.Store);
        FakeTime time = new(rows.Now);
        AsideDesk desk = new(fixture.Store, time);
        using TrackingService service = new(
            fixture.Store, [], new TrackingOptions(), time, NullLogger<TrackingService>.Instance);

        time.Advance(TimeSpan.FromDays(30));
        await service.MoveOnceAsync(CancellationToken.None);
        RowSetAside early = Assert.Single((await desk.ListAsync(AsideFilter.All)).Items);
        time.Advance(TimeSpan.FromSeconds(1));
        await service.MoveOnceAsync(CancellationToken.None);
        RowSetAside late = Assert.Single((await desk.ListAsync(AsideFilter.All)).Items);

        Assert.Equal(("torn", false), (early.Entry.Detail, early.IsErased));
        Assert.Equal((null, true), (late.Entry.Detail, late.IsErased));
    }

    private TrackingService ServiceOf(TrackingStore store, Shop shop)
    {
        store.Passing = step =>
        {
            if (step == TrackingStep.MoveCommitted)
                moved.TrySetResult();
        };
        TrackingOptions options = new()
        {
            PollInterval = TimeSpan.FromMilliseconds(5),
            MoveInterval = TimeSpan.FromMilliseconds(5),
        };
        TrackingFeed feed = new("shop", shop.Store, store, options, TimeProvider.System);
        return new TrackingService(store, [feed], options, TimeProvider.System, NullLogger<TrackingService>.Instance);
    }
}
