using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class HoldRuleTests
{
    private readonly Workflow<Wave, string> waves = Waves();

    [Fact]
    public async Task A_group_goes_when_enough_are_held_and_others_wait()
    {
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(3));
        await using TestSite site = new(flow, waves);

        foreach (string key in (string[])["1", "2", "3"])
            await site.HoldAsync(flow, key);
        await site.HoldAsync(flow, "4", new Shipment("express"));
        await site.HoldAsync(flow, "5");

        Assert.Equal("Finished: by when 3 are held", await site.ResultAsync(flow, "1"));
        Assert.Equal("Finished: by when 3 are held", await site.ResultAsync(flow, "3"));
        Assert.Equal(2, await site.HeldCountAsync(flow));
    }

    [Fact]
    public async Task A_group_goes_when_a_column_comes_to_a_sum()
    {
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenSum(s => s.Grams, 1000));
        await using TestSite site = new(flow, waves);

        await site.HoldAsync(flow, "1", new Shipment(Grams: 400));
        await site.HoldAsync(flow, "2", new Shipment(Grams: 599));
        long before = await site.HeldCountAsync(flow);
        await site.HoldAsync(flow, "3", new Shipment(Grams: 1));

        Assert.Equal(2, before);
        Assert.Equal(0, await site.HeldCountAsync(flow));
    }

    [Fact]
    public async Task A_whole_group_goes_when_the_oldest_has_waited_long_enough()
    {
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenOldest(TimeSpan.FromMinutes(30)).BatchMax(2));
        await using TestSite site = new(flow, waves);

        for (int i = 0; i < 5; i++)
            await site.HoldAsync(flow, $"{i}");
        await site.AdvanceAsync(TimeSpan.FromMinutes(10));
        await site.HoldAsync(flow, "late");
        await site.HoldAsync(flow, "other", new Shipment("express"));
        await site.AdvanceAsync(TimeSpan.FromMinutes(20) - TimeSpan.FromSeconds(1));
        long before = await site.HeldCountAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        long after = await site.HeldCountAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal((7, 1), (before, after));
        Assert.Equal("Finished: by when the oldest is held for 00:30:00", await site.ResultAsync(flow, "late"));
        Assert.Equal(0, await site.HeldCountAsync(flow));
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task Rules_go_by_the_clock_of_the_store_whatever_that_of_the_process_shows(int minutesAhead)
    {
        FakeTime storeTime = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        FakeTime time = new(storeTime.GetUtcNow().AddMinutes(minutesAhead));
        Workflow<Shipment, string> flow = Shipments(
            waves, h => h.WhenOldest(TimeSpan.FromMinutes(10)).At(TimeZoneInfo.Utc, new TimeOnly(12, 5)));
        await using TestSite site = new(
            new TestSiteSetup { Workflows = [flow, waves], Time = time, Store = new MemoryStore(storeTime) });

        await site.HoldAsync(flow, "1");
        storeTime.Advance(TimeSpan.FromMinutes(4.9));
        await site.HoldAsync(flow, "2");
        long early = await site.HeldCountAsync(flow);
        storeTime.Advance(TimeSpan.FromMinutes(0.2));
        await site.HoldAsync(flow, "3");
        long atTime = await site.HeldCountAsync(flow);
        storeTime.Advance(TimeSpan.FromMinutes(9.9));
        await site.RunUntilQuietAsync();
        long young = await site.HeldCountAsync(flow);
        storeTime.Advance(TimeSpan.FromMinutes(0.2));
        await site.RunUntilQuietAsync();

        Assert.Equal((2, 1, 1, 0), (early, atTime, young, await site.HeldCountAsync(flow)));
    }

    [Fact]
    public async Task A_clock_time_releases_what_was_held_before_it_also_when_nobody_ran_then()
    {
        FakeTime time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        MemoryStore store = new(time);
        Workflow<Shipment, string> flow = Shipments(waves, h => h.At(TimeZoneInfo.Utc, new TimeOnly(17, 30)));
        TestSiteSetup setup = new() { Workflows = [flow, waves], Time = time, Store = store };
        await using (TestSite first = new(setup))
            await first.HoldAsync(flow, "1");

        time.Advance(TimeSpan.FromHours(7));
        await using TestSite second = new(setup);
        await second.RunUntilQuietAsync();
        await second.HoldAsync(flow, "2");

        Assert.Equal("Finished: by at 17:30:00 UTC", await second.ResultAsync(flow, "1"));
        Assert.Equal(1, await second.HeldCountAsync(flow));
        await second.AdvanceAsync(TimeSpan.FromHours(22.5));
        Assert.Equal(0, await second.HeldCountAsync(flow));
    }

    [Fact]
    public async Task A_group_goes_when_it_is_complete_however_many_others_are_not()
    {
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenComplete(s => s.GroupSize));
        await using TestSite site = new(flow, waves);

        for (int i = 0; i < 1100; i++)
            await site.Client.SubmitAsync(flow, $"{i}", new Shipment($"order-{i}", GroupSize: 2));
        await site.HoldAsync(flow, "whole", new Shipment("order-700", GroupSize: 2));

        Assert.Equal(1099, await site.HeldCountAsync(flow));
        Assert.StartsWith("Finished", await site.ResultAsync(flow, "700"));
    }

    [Fact]
    public async Task Each_member_is_in_one_batch_when_several_processes_look_at_once()
    {
        FakeTime time = new();
        MemoryStore store = new(time);
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(2).BatchMax(2));
        TestSiteSetup setup = new() { Workflows = [flow, waves], Time = time, Store = store };
        await using TestSite one = new(setup);
        await using TestSite other = new(setup);
        ElementId[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
            (await one.Client.SubmitAsync(flow, $"{i}", new Shipment())).Id))];

        await Task.WhenAll(one.RunUntilQuietAsync(), other.RunUntilQuietAsync());

        foreach (ElementId id in ids)
            Assert.Single(await one.HistoryAsync(id), kind => kind == JournalKind.Batched);
        Assert.Equal(
            5, (await store.Journal.ReadAsync(default, 1000, default)).Count(row => row.Kind == JournalKind.Released));
    }

    [Fact]
    public async Task A_batch_whose_data_cannot_be_made_is_tried_again_and_stops_no_other_queue()
    {
        bool isMended = false;
        Node<Shipment> other = new("other");
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Inbox)
            .Node(Inbox, n => n
                .Run(s => Route.To(s.Data.Method == "other" ? other : Picklist, s.Data)).GoesTo(Picklist, other))
            .Holds(Picklist, h => Held(h, waves).WhenCount(1)
                .ReleasesTo(waves, r => isMended ? new Wave("", r.By) : throw new IOException("no label"), Picked))
            .Holds(other, h => Held(h, waves).WhenCount(1))
            .Node(Picked, n => n.Run((_, replies) => Route.Finish(replies.Single.Value)).Finishes());
        await using TestSite site = new(flow, waves);

        await site.HoldAsync(flow, "1");
        await site.HoldAsync(flow, "2", new Shipment("other"));
        long before = await site.HeldCountAsync(flow);
        string? ofOther = await site.ResultAsync(flow, "2");
        isMended = true;
        await site.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((1, "by when 1 are held"), (before, ofOther));
        Assert.Equal("by when 1 are held", await site.ResultAsync(flow, "1"));
    }

    [Fact]
    public async Task A_look_that_the_store_kept_waiting_does_not_put_the_next_off_for_as_long()
    {
        FakeTime time = new();
        WaitingLooks looks = new(time);
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(2));
        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [flow, waves],
            Time = time,
            Store = new FaultyStore(new MemoryStore(time), looks),
        });

        looks.Wait = TimeSpan.FromMinutes(2);
        await site.HoldAsync(flow, "1");
        looks.Wait = TimeSpan.Zero;
        await site.HoldAsync(flow, "2");
        await site.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(0, await site.HeldCountAsync(flow));
    }

    /// <summary>A store in which looking at aggregation queues waits, as behind rows that others have locked.</summary>
    private sealed class WaitingLooks(FakeTime time) : IStoreFaults
    {
        public TimeSpan Wait { get; set; }

        public Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            if (call == "Held.Group")
                time.Advance(Wait);
            return apply();
        }

        public void Hint(Action arrived) => arrived();
    }
}
