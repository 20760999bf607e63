using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class CallTests
{
    [Fact]
    public async Task A_call_goes_on_with_the_typed_result()
    {
        Workflow<Parcel, string> called = Single(e => Route.Finish($"weighs {e.Data.Count}"), name: "scales");
        Workflow<Parcel, string> flow = Calling(called, e => [called.Call(e.Data with { Count = 3 })]);
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();

        Assert.Equal("0:weighs 3", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_fork_joins_once_with_one_reply_for_each_call_in_their_order()
    {
        Workflow<Parcel, string> called = Single(
            e => e.Data.Count == 2 ? Route.Fail("broken") : Route.Finish($"{e.BusinessKey}"), name: "scales");
        Workflow<Parcel, string> flow = Calling(called, _ => Four(called));
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow, "order");
        await site.RunUntilQuietAsync();

        Assert.Equal("0:order/0 1:order/1 2:broken 3:order/3", (await site.StatusAsync(flow, "order")).Result);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Called, JournalKind.Returned, JournalKind.Finished],
            await site.HistoryAsync(id));
    }

    [Fact]
    public async Task A_join_of_the_first_failure_goes_on_at_once_and_asks_the_others_to_cancel()
    {
        Gate gate = new();
        Workflow<Parcel, string> called = Gated(gate, null, "scales");
        Workflow<Parcel, string> flow = Calling(called, _ => Four(called), JoinMode.AllOrFirstFailure);
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow, "order");
        await site.RunUntilQuietAsync();
        gate.Open("order/1");
        gate.Open("order/2", Route.Fail("broken"));
        await site.RunUntilQuietAsync();
        TicketStatus<string> status = await site.StatusAsync(flow, "order");
        gate.OpenAll();
        await site.RunUntilQuietAsync();

        Assert.Equal("1:done 2:broken", status.Result);
        Assert.Equal(0, await site.Store.Directory.CountAsync(ElementFilter.All, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_join_of_the_first_failure_does_not_hurry_what_waits_past_its_point_of_no_return(bool isDropped)
    {
        Workflow<Parcel, string> called = Flow("scales")
            .Node(First, n => n
                .Run(e => e.BusinessKey switch
                {
                    "order/0" => Route.Wait(Second, e.Data, TimeSpan.FromDays(1)),
                    _ when isDropped => throw new IOException(),
                    _ => Route.Fail("broken"),
                })
                .GoesTo(Second).Retry(0, Backoff.None))
            .Node(Second, n => n.Run(_ => Route.Finish("shipped")).Finishes())
            .CancelTooLateFrom(Second);
        Workflow<Parcel, string> flow = Calling(
            called, e => [called.Call(e.Data), called.Call(e.Data)], JoinMode.AllOrFirstFailure);
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow, "order");
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.DropAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();
        ElementSummary waiting = Assert.Single(
            (await site.Store.Directory.ListAsync(ElementFilter.All, new PageRequest(), default)).Items);

        Assert.Equal((ElementState.Delayed, false), (waiting.State, waiting.CancelRequested));
        Assert.EndsWith(isDropped ? "a test" : "broken", (await site.StatusAsync(flow, "order")).Result);
    }

    [Fact]
    public async Task What_a_dropped_call_returns_tells_its_caller_so()
    {
        Workflow<Parcel, string> called = Single(
            _ => throw new InvalidOperationException("no"), n => n.Retry(0, Backoff.None), "scales");
        Workflow<Parcel, string> flow = Calling(called, e => [called.Call(e.Data)]);
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        site.Time.Advance(TimeSpan.FromSeconds(1));
        int dropped = await site.Client.Sidelined.DropAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(1, dropped);
        Assert.Equal("0:a test", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_payment_that_one_pipeline_calls_is_a_plain_step_of_another_with_untouched_nodes()
    {
        Workflow<Parcel, string> payment = Flow("payment")
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.Finish($"charged {e.Data.Count}")).Finishes());
        Workflow<Parcel, string> directed = Calling(payment, e => [payment.Call(e.Data)]);
        Node<Parcel, string> pay = new("pay");
        Workflow<Parcel, string> autonomous = Workflow<Parcel, string>.Named("autonomous")
            .StartsAt(pay)
            .Step(pay, payment, step => step
                .Sends(data => data with { Count = data.Count * 2 })
                .Receives((e, paid) => Route.To(Third, e.Data with { Note = paid.Value }))
                .GoesTo(Third))
            .Node(Third, n => n.Run(e => Route.Finish(e.Data.Note + " and shipped")).Finishes());
        await using TestSite site = new(payment, directed, autonomous);

        await site.SubmitAsync(directed, data: new Parcel(Count: 4));
        await site.SubmitAsync(autonomous, data: new Parcel(Count: 4));
        await site.RunUntilQuietAsync();

        Assert.Equal("0:charged 4", (await site.StatusAsync(directed)).Result);
        Assert.Equal("charged 8 and shipped", (await site.StatusAsync(autonomous)).Result);
    }

    private static IEnumerable<Call<string>> Four(Workflow<Parcel, string> called) =>
        Enumerable.Range(0, 4).Select(i => called.Call(new Parcel(Count: i)));

    private static Workflow<Parcel, string> Calling(
        Workflow<Parcel, string> called,
        Func<Element<Parcel>, IEnumerable<Call<string>>> calls,
        JoinMode join = JoinMode.All) => Flow("callers")
        .Node(First, n => n.Run(e => Route.Fork(calls(e), Joined, e.Data, join)).Calls(called, Joined))
        .Node(Joined, n => n
            .Run((_, replies) =>
                Route.Finish(string.Join(' ', replies.Select(r => $"{r.Call}:{r.Result ?? r.Reason}"))))
            .Finishes());
}
