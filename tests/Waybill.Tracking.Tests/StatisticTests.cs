using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public abstract class StatisticTests : TrackingTestBase
{
    [Fact]
    public async Task Percentiles_are_right_to_one_percent_also_over_several_passes()
    {
        Rows rows = new();
        Random random = new(7);
        List<double> worked = [];
        for (int i = 0; i < 2000; i++)
        {
            double milliseconds = Math.Exp(random.NextDouble() * 9);
            worked.Add(milliseconds);
            rows.Accepted(Rows.Id(i), $"order-{i}")
                .Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First, TimeSpan.FromMilliseconds(milliseconds));
            if (i % 300 == 0)
                await rows.ApplyAsync(Store);
        }

        await rows.ApplyAsync(Store);

        DurationFigures service = (await HoursAsync(rows)).Single(hour => hour.Completions > 0).Service;
        worked.Sort();
        Assert.Equal(2000, service.Count);
        Assert.Equal(worked.Average(), service.Mean.TotalMilliseconds, tolerance: 0.01);
        foreach ((double share, TimeSpan found) in ((double, TimeSpan)[])
            [(0.5, service.P50), (0.9, service.P90), (0.95, service.P95), (0.99, service.P99)])
        {
            double exact = worked[(int)Math.Ceiling(share * worked.Count) - 1];
            Assert.Equal(exact, found.TotalMilliseconds, tolerance: 0.0101 * exact);
        }
    }

    [Fact]
    public async Task Waiting_ends_when_the_run_begins()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1");
        rows.Now += TimeSpan.FromSeconds(10);
        rows.Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second, TimeSpan.FromSeconds(4));
        await rows.ApplyAsync(Store);

        NodeHour first = (await HoursAsync(rows)).Single(hour => hour.Node == Rows.First);

        Assert.Equal((1, 1), (first.Arrivals, first.Completions));
        Assert.Equal((TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(4)), (first.Waiting.Mean, first.Service.Mean));
    }

    [Fact]
    public async Task A_long_run_keeps_its_node_busy_in_each_hour_in_which_it_went_on_and_is_one_duration()
    {
        Rows rows = new();
        rows.Now = rows.Now.AddMinutes(30);
        rows.Accepted(Rows.Id(1), "order-1").Accepted(Rows.Id(2), "order-2");
        rows.Now = rows.Now.AddMinutes(100);
        rows.Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second, TimeSpan.FromMinutes(95));
        await rows.ApplyAsync(Store);
        rows.Add(JournalKind.Moved, Rows.Id(2), 1, Rows.Second, TimeSpan.FromMinutes(20));
        await rows.ApplyAsync(Store);

        NodeHour[] hours = [.. (await HoursAsync(rows)).Where(hour => hour.Node == Rows.First)];

        Assert.Equal([12, 13, 14], hours.Select(hour => hour.Hour.Hour));
        Assert.Equal([25, 70, 20], hours.Select(hour => (int)hour.Busy.TotalMinutes));
        Assert.Equal([0, 0, 2], hours.Select(hour => hour.Service.Count));
        Assert.Equal(95, hours[2].Service.P99.TotalMinutes, tolerance: 1);
    }

    [Fact]
    public async Task A_node_that_is_not_tracked_is_passed_over()
    {
        Rows rows = new();
        NodeAddress third = new("orders", 1, "third");
        rows.Accepted(Rows.Id(1), "order-1")
            .Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second, facts: """{"untracked":true}""")
            .Add(JournalKind.Retried, Rows.Id(1), 2, Rows.Second, detail: "{}");
        await rows.ApplyAsync(Store);
        Tracker tracker = new(Store, new FakeTime());
        NodeAddress shown = (await tracker.FindAsync("order-1"))[0].Node;
        rows.Add(JournalKind.Moved, Rows.Id(1), 3, third);
        await rows.ApplyAsync(Store);

        Assert.Equal(Rows.First, shown);
        Assert.Equal(third, (await tracker.FindAsync("order-1"))[0].Node);
        Assert.DoesNotContain(await HoursAsync(rows), hour => hour.Node == Rows.Second);
    }

    [Fact]
    public async Task Elements_in_flight_are_counted_by_what_their_data_says()
    {
        Rows rows = new();
        for (int i = 0; i < 30; i++)
        {
            string country = i % 3 == 0 ? "DE" : "SE";
            string facts = $$$"""{"attributes":{"country":"{{{country}}}","items":{{{i}}}}}""";
            rows.Accepted(Rows.Id(i), $"order-{i}", facts: facts);
        }

        rows.Add(JournalKind.Moved, Rows.Id(0), 1, Rows.Second, facts: """{"attributes":{"country":"FI"}}""");
        rows.Add(JournalKind.Finished, Rows.Id(3), 1, Rows.First);
        await rows.ApplyAsync(Store);
        Tracker tracker = new(Store, new FakeTime());

        IReadOnlyList<TrackedGroup> groups = await tracker.GroupAsync(
            TrackedFilter.All, [TrackedColumn.Node, TrackedColumn.Attribute("country")]);
        long one = await tracker.CountAsync(
            new TrackedFilter { Attributes = new Dictionary<string, string> { ["country"] = "SE", ["items"] = "4" } });

        Assert.Equal(
            ["first SE 20", "first DE 8", "second FI 1"],
            groups.Select(group => $"{string.Join(' ', group.Keys)} {group.Count}"));
        Assert.Equal(1, one);
    }

    [Fact]
    public async Task Listings_are_pages_of_what_matches()
    {
        Rows rows = new();
        for (int i = 0; i < 25; i++)
            rows.Accepted(Rows.Id(i), $"order-{i}");
        await rows.ApplyAsync(Store);
        Tracker tracker = new(Store, new FakeTime());
        List<string> listed = [];
        long? after = null;
        do
        {
            Page<TrackedElement> page = await tracker.ListAsync(
                new TrackedFilter { Node = "first", State = TrackedState.Waiting }, new PageRequest(10, after));
            listed.AddRange(page.Items.Select(element => element.BusinessKey));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"order-{i}"), listed);
    }

    [Fact]
    public async Task The_slow_node_is_the_bottleneck_and_its_caller_is_blocked_by_it()
    {
        // Two packers at 30 seconds each can do 4 parcels a minute; 10 orders of 4 parcels come in a minute.
        await using Shop shop = new(packing: TimeSpan.FromSeconds(30), packers: 2);
        for (int minute = 0; minute < 10; minute++)
        {
            for (int i = 0; i < 10; i++)
                await shop.SubmitAsync($"order-{minute}-{i}", parcels: 4);
            await shop.Site.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        await shop.Feed(Store).PumpAllAsync();
        BottleneckReport report = await Tracker(shop).BottleneckAsync(TimeSpan.FromMinutes(5));

        NodeLoad worst = report.Bottleneck!;
        Assert.Equal(("pack", NodeVerdict.Saturated), (worst.Node.Node, worst.Verdict));
        Assert.InRange(worst.Utilisation!.Value, 0.9, 1.1);
        Assert.Equal(TimeSpan.FromSeconds(30), worst.MeanService);
        Assert.True(worst.Growth > 150, $"{worst.Growth}");
        Assert.InRange(worst.TimeToDrain!.Value, TimeSpan.FromMinutes(85), TimeSpan.FromMinutes(95));
        NodeLoad caller = report.Nodes.Single(node => node.Node.Node == "complete");
        Assert.Equal((NodeVerdict.BlockedDownstream, worst.Node), (caller.Verdict, caller.BlockedBy));
        Assert.Equal(NodeVerdict.Flowing, report.Nodes.Single(node => node.Node.Node == "pick").Verdict);
    }

    [Fact]
    public async Task Each_day_is_added_up_by_workflow()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Accepted(Rows.Id(2), "order-2").Accepted(Rows.Id(3), "order-3");
        rows.Now += TimeSpan.FromHours(2);
        rows.Add(JournalKind.Finished, Rows.Id(1), 1, Rows.First).Add(JournalKind.Failed, Rows.Id(2), 1, Rows.First);
        await rows.ApplyAsync(Store);

        WorkflowDay day = Assert.Single(
            await new Tracker(Store, new FakeTime()).DaysAsync(new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1)));

        Assert.Equal(("orders", new DateOnly(2026, 11, 20), 3L), (day.Workflow, day.Day, day.Accepted));
        Assert.Equal((1, 1), (day.Ended[Ending.Finished], day.Ended[Ending.Failed]));
        Assert.Equal(TimeSpan.FromHours(2), day.Duration.Mean);
    }

    private Task<IReadOnlyList<NodeHour>> HoursAsync(Rows rows) =>
        new Tracker(Store, new FakeTime()).HoursAsync(rows.Now.AddHours(-3), rows.Now.AddHours(1));
}

public sealed class SqliteStatistics : StatisticTests
{
    protected override TrackingFixture Create() => new SqliteTrackingFixture();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresStatistics(SharedPostgres shared) : StatisticTests
{
    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);
}
