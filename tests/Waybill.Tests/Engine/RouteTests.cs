using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class RouteTests
{
    [Fact]
    public async Task An_element_goes_from_node_to_node_and_brings_its_result_to_its_ticket()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data with { Note = "seen" })).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note + e.Data.Count)).Finishes());
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow, data: new Parcel(Count: 7));
        await site.RunUntilQuietAsync();

        TicketStatus<string> status = await site.StatusAsync(flow);
        Assert.Equal((Ending.Finished, "seen7"), (status.Ending!.Value, status.Result));
        Assert.Equal([JournalKind.Accepted, JournalKind.Moved, JournalKind.Finished], await site.HistoryAsync(id));
    }

    [Fact]
    public async Task Fail_ends_with_its_reason_and_is_not_retried()
    {
        int runs = 0;
        Workflow<Parcel, string> flow = Single(_ =>
        {
            runs++;
            return Route.Fail("no such address");
        });
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromHours(1));

        TicketStatus<string> status = await site.StatusAsync(flow);
        Assert.Equal((Ending.Failed, "no such address", 1), (status.Ending!.Value, status.Reason, runs));
    }

    [Fact]
    public async Task Wait_goes_on_when_its_span_has_passed_and_not_before()
    {
        DateTimeOffset? wentOn = null;
        TestSite? site = null;
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.Wait(Second, e.Data, TimeSpan.FromDays(2))).GoesTo(Second))
            .Node(Second, n => n.Run(_ =>
            {
                wentOn = site!.Time.GetUtcNow();
                return Route.Finish("late");
            }).Finishes());
        await using (site = new TestSite(flow))
        {
            DateTimeOffset begun = site.Time.GetUtcNow();

            await site.SubmitAsync(flow);
            await site.AdvanceAsync(TimeSpan.FromDays(3));

            Assert.InRange(wentOn!.Value - begun, TimeSpan.FromDays(2), TimeSpan.FromDays(2) + TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task WaitFor_goes_on_with_the_payload_of_its_signal()
    {
        Workflow<Parcel, string> flow = WaitingFlow(until: null);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromDays(100));
        ElementState? before = await site.StateAsync(id);
        bool isInFlight = await site.Client.SignalAsync(ElementRef.Of(id), Paid, 42);
        await site.RunUntilQuietAsync();

        Assert.True(isInFlight);
        Assert.Equal(ElementState.AwaitingSignal, before);
        Assert.Equal("paid 42", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_signal_that_comes_before_the_wait_counts()
    {
        Workflow<Parcel, string> flow = WaitingFlow(until: null);
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.Client.SignalAsync(ElementRef.Of("parcels", "1"), Paid, 9);
        await site.RunUntilQuietAsync();

        Assert.Equal("paid 9", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task WaitFor_goes_on_without_a_signal_when_time_runs_out()
    {
        Workflow<Parcel, string> flow = WaitingFlow(until: TimeSpan.FromHours(1));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal("timed out", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_wait_that_ran_out_is_known_to_the_run_after_an_edit_too()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => Route.WaitFor(Paid, Signalled, e.Data, e.AcceptedAt + TimeSpan.FromHours(1)))
                .WaitsFor(Paid, Signalled))
            .Node(Signalled, n => n
                .Run((e, replies) =>
                    e.Data.Note == "mended" ? Route.Finish($"{replies.TimedOut}") : throw new IOException())
                .Retry(0, Backoff.None).Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromHours(2));
        await site.Client.Sidelined.EditAndRetryAsync(SidelinedFilter.All, """{"note":"mended"}""", Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal("True", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_route_can_send_a_signal_to_another_element()
    {
        Workflow<Parcel, string> waiting = WaitingFlow(until: null);
        Workflow<Parcel, string> paying = Single(
            e => Route.Finish("sent").Sending(ElementRef.Of("parcels", "1"), Paid, e.Data.Count), name: "payers");
        await using TestSite site = new(waiting, paying);

        await site.SubmitAsync(waiting);
        await site.RunUntilQuietAsync();
        await site.SubmitAsync(paying, data: new Parcel(Count: 5));
        await site.RunUntilQuietAsync();

        Assert.Equal("paid 5", (await site.StatusAsync(waiting)).Result);
    }

    [Fact]
    public async Task An_attached_write_commits_with_its_hop()
    {
        Workflow<Parcel, string> flow = Single(_ => Route.Finish("ok").With(MemoryWrite.Add("stock", -1)));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        await site.RunUntilQuietAsync();

        Assert.Equal(-2, ((MemoryStore)site.Store).Read(tables => tables.Counter("stock")));
    }

    [Fact]
    public async Task A_write_that_is_refused_fails_its_own_element_and_no_other()
    {
        Workflow<Parcel, string> flow = Single(
            e => Route.Finish("ok").With(
                MemoryWrite.Add("stock", -1),
                e.BusinessKey == "bad" ? MemoryWrite.Refuse("sold out") : MemoryWrite.Add("sold", 1)),
            n => n.Retry(0, Backoff.None));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "good");
        await site.SubmitAsync(flow, "bad");
        await site.SubmitAsync(flow, "also good");
        await site.RunUntilQuietAsync();

        Assert.Equal("sold out", (await site.SingleSidelinedAsync()).Failure.Message);
        Assert.Equal(
            (-2L, 2L), ((MemoryStore)site.Store).Read(tables => (tables.Counter("stock"), tables.Counter("sold"))));
    }

    private static Workflow<Parcel, string> WaitingFlow(TimeSpan? until) => Flow()
        .Node(First, n => n
            .Run(e => Route.WaitFor(Paid, Signalled, e.Data, until is null ? null : e.AcceptedAt + until))
            .WaitsFor(Paid, Signalled))
        .Node(Signalled, n => n
            .Run((_, replies) => Route.Finish(replies.TimedOut ? "timed out" : $"paid {replies.Single.Value}"))
            .Finishes());
}
