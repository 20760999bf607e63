using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class SidelinedDeskTests
{
    private bool isMended;

    [Fact]
    public async Task All_that_match_are_retried_and_those_sidelined_again_are_left_for_the_next_time()
    {
        await using TestSite site = await SidelinedAsync(250);

        int retried = await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();
        long sidelinedAgain = await site.Client.Sidelined.CountAsync(SidelinedFilter.All);
        isMended = true;
        site.Time.Advance(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal((250, 250), (retried, sidelinedAgain));
        Assert.Equal(250, await site.Store.Tickets.CountAsync(new TicketFilter { Ending = Ending.Finished }, default));
    }

    [Fact]
    public async Task Who_asks_with_a_clock_that_is_behind_the_store_reaches_what_was_sidelined_just_now()
    {
        FakeTime storeTime = new();
        storeTime.Advance(TimeSpan.FromHours(1));
        Workflow<Parcel, string> flow = Single(_ => throw new IOException(), n => n.Retry(0, Backoff.None));
        await using TestSite site = new(
            new TestSiteSetup { Workflows = [flow], Store = new MemoryStore(storeTime), Time = new FakeTime() });
        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();

        Assert.Equal(1, await site.Client.Sidelined.DropAsync(SidelinedFilter.All, Clerk));
    }

    [Fact]
    public async Task They_are_grouped_by_what_went_wrong()
    {
        await using TestSite site = await SidelinedAsync(5);

        IReadOnlyList<SidelinedGroup> groups = await site.Client.Sidelined.GroupAsync(SidelinedFilter.All);

        Assert.Equal([("even", 3L), ("odd", 2L)], groups.Select(group => (group.Message, group.Count)));
    }

    [Fact]
    public async Task An_edit_merges_into_the_data_and_is_journalled_with_its_actor()
    {
        await using TestSite site = await SidelinedAsync(2);
        isMended = true;

        SidelinedFilter even = new() { MessagePart = "even" };
        int edited = await site.Client.Sidelined.EditAndRetryAsync(even, """{"count":40}""", Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(1, edited);
        Assert.Equal("even 40", (await site.StatusAsync(Flow(), "0")).Result);
        ElementId id = (await site.Store.Tickets.FindAsync(ElementRef.Of("parcels", "0"), default))!.Id;
        JournalEntry resumed = (await site.Store.Journal.HistoryAsync(new(id), new(), default)).Items
            .Single(entry => entry.Kind == JournalKind.Resumed);
        Assert.Equal("""{"by":"clerk","reason":"a test","edited":true}""", resumed.Detail);
    }

    [Fact]
    public async Task An_edit_that_the_node_could_not_read_is_refused()
    {
        await using TestSite site = await SidelinedAsync(1);

        await Assert.ThrowsAsync<RouteException>(
            () => site.Client.Sidelined.EditAndRetryAsync(SidelinedFilter.All, """{"count":"many"}""", Clerk));
        await Assert.ThrowsAsync<ArgumentException>(
            () => site.Client.Sidelined.EditAndRetryAsync(SidelinedFilter.All, "[1]", Clerk));

        Assert.Equal(1, await site.Client.Sidelined.CountAsync(SidelinedFilter.All));
    }

    [Fact]
    public async Task A_drop_ends_the_element_and_says_why()
    {
        await using TestSite site = await SidelinedAsync(1);

        int dropped = await site.Client.Sidelined.DropAsync(SidelinedFilter.All, Clerk);

        TicketStatus<string> status = await site.StatusAsync(Flow(), "0");
        Assert.Equal((1, Ending.Dropped, "a test"), (dropped, status.Ending!.Value, status.Reason));
    }

    private async Task<TestSite> SidelinedAsync(int count)
    {
        Workflow<Parcel, string> flow = Single(
            e => isMended ? Route.Finish($"{e.Data.Note} {e.Data.Count}") : throw new IOException(e.Data.Note),
            n => n.Retry(0, Backoff.None));
        TestSite site = new(flow);
        for (int i = 0; i < count; i++)
            await site.SubmitAsync(flow, $"{i}", new Parcel(i % 2 == 0 ? "even" : "odd", i));
        await site.RunUntilQuietAsync();
        site.Time.Advance(TimeSpan.FromSeconds(1));
        return site;
    }
}
