using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class CancelTests
{
    private readonly Gate gate = new();

    public static TheoryData<string> WaitingStates => ["delayed", "signal", "sidelined", "ready"];

    [Theory]
    [MemberData(nameof(WaitingStates))]
    public async Task One_that_waits_is_cancelled_without_a_run(string state)
    {
        int runsOfSecond = 0;
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => state switch
                {
                    "delayed" => Route.Wait(Second, e.Data, TimeSpan.FromDays(1)),
                    "signal" => Route.WaitFor(Paid, Signalled, e.Data),
                    "sidelined" => throw new IOException(),
                    _ => Route.Finish("never"),
                })
                .GoesTo(Second).WaitsFor(Paid, Signalled).Retry(0, Backoff.None).Finishes())
            .Node(Second, n => n.Run(_ => Route.Finish($"{++runsOfSecond}")).Finishes())
            .Node(Signalled, n => n.Run((_, _) => Route.Finish($"{++runsOfSecond}")).Finishes());
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        if (state != "ready")
            await site.RunUntilQuietAsync();
        CancelOutcome outcome = await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(CancelOutcome.Requested, outcome);
        Assert.Equal(Ending.Cancelled, (await site.StatusAsync(flow)).Ending);
        Assert.Equal(0, runsOfSecond);
    }

    [Fact]
    public async Task One_that_runs_is_cancelled_at_its_next_hop()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of("parcels", "1"), Clerk);
        gate.Open("1", Route.To(Second, new Parcel()));
        await site.RunUntilQuietAsync();

        Assert.Equal(Ending.Cancelled, (await site.StatusAsync(flow)).Ending);
        Assert.Equal(0, site.InFlight);
    }

    [Fact]
    public async Task A_run_that_ends_the_element_anyway_wins_over_the_cancel()
    {
        Workflow<Parcel, string> flow = Gated(gate);
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of("parcels", "1"), Clerk);
        gate.OpenAll();
        await site.RunUntilQuietAsync();
        CancelOutcome late = await site.Client.CancelAsync(ElementRef.Of("parcels", "1"), Clerk);
        CancelOutcome unknown = await site.Client.CancelAsync(ElementRef.Of("parcels", "2"), Clerk);

        Assert.Equal(Ending.Finished, (await site.StatusAsync(flow)).Ending);
        Assert.Equal((CancelOutcome.TooLate, CancelOutcome.NotFound), (late, unknown));
    }

    [Fact]
    public async Task A_cancel_takes_the_data_and_the_writes_of_the_run_to_the_cancel_node()
    {
        Workflow<Parcel, string> flow = Flow().CancelsTo(Third)
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes())
            .Node(Third, n => n
                .Run(e => Route.Finish($"undid {e.Data.Note}").With(MemoryWrite.Add("reserved", -1)))
                .Finishes());
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        gate.Open("1", Route.To(Second, new Parcel("a reservation")).With(MemoryWrite.Add("reserved", 1)));
        await site.RunUntilQuietAsync();

        Assert.Equal("undid a reservation", (await site.StatusAsync(flow)).Result);
        Assert.Equal(0, ((MemoryStore)site.Store).Read(tables => tables.Counter("reserved")));
        Assert.Equal(
            [
                JournalKind.Accepted, JournalKind.ChangeRequested, JournalKind.CancelRequested, JournalKind.Cancelling,
                JournalKind.ChangeResolved, JournalKind.Finished,
            ],
            await site.HistoryAsync(id));
    }

    [Fact]
    public async Task A_cancel_reaches_what_the_element_called_and_waits_for_it()
    {
        Node<Parcel> undo = new("undo");
        Workflow<Parcel, string> called = Flow("called")
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes());
        string seen = string.Empty;
        Workflow<Parcel, string> flow = Flow("callers").CancelsTo(undo)
            .Node(First, n => n
                .Run(e => Route.Fork([called.Call(e.Data), called.Call(e.Data)], Joined, e.Data))
                .Calls(called, Joined))
            .Node(Joined, n => n
                .Run((e, replies) =>
                {
                    seen = $"{e.CancelRequested}: {string.Join(' ', replies.Select(r => r.Ending))}";
                    return Route.To(Third, e.Data with { Note = "joined" });
                })
                .GoesTo(Third))
            .Node(Third, n => n.Run(_ => Route.Finish("never")).Finishes())
            .Node(undo, n => n.Run(e => Route.Finish($"undid {e.Data.Note}")).Finishes());
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of("callers", "1"), Clerk);
        await site.RunUntilQuietAsync();
        bool isWaiting = (await site.StatusAsync(flow)).Ending is null;
        gate.Open("1/0", Route.To(Second, new Parcel()));
        gate.Open("1/1", Route.Fail("too bad"));
        await site.RunUntilQuietAsync();

        Assert.True(isWaiting);
        Assert.Equal("True: Cancelled Failed", seen);
        Assert.Equal("undid joined", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_sidelined_join_with_a_cancel_pending_carries_it_out_when_a_person_retries()
    {
        bool isMended = false;
        Workflow<Parcel, string> called = Gated(gate, null, "called");
        Workflow<Parcel, string> flow = Flow("callers")
            .Node(First, n => n.Run(e => Route.Call(called.Call(e.Data), Joined, e.Data)).Calls(called, Joined))
            .Node(Joined, n => n
                .Run((e, _) => isMended ? Route.To(Second, e.Data) : throw new IOException())
                .GoesTo(Second).Retry(0, Backoff.None))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes());
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of("callers", "1"), Clerk);
        gate.OpenAll();
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        isMended = true;
        int retried = await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(1, retried);
        Assert.Equal(Ending.Cancelled, (await site.StatusAsync(flow)).Ending);
    }
}
