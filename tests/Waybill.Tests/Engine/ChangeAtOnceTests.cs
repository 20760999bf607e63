using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Noting;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ChangeAtOnceTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private readonly Gate gate = new();

    [Fact]
    public async Task One_that_waits_is_changed_before_the_call_returns()
    {
        Workflow<Parcel, string> flow = Single(e => Route.Finish(e.Data.Note)).Notes([First]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        ChangeResult result = await ApplyAsync(site, id);

        Assert.Equal(ChangeResultStatus.Applied, result.Status);
        Assert.Equal(ChangeOutcome.Applied, Assert.Single(result.Record!.Outcomes).Outcome);
    }

    [Fact]
    public async Task One_that_is_run_is_changed_when_its_next_hop_comes_within_the_bound()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        Task<ChangeResult> applying = ApplyAsync(site, id);
        gate.Open("1", Route.To(Second, new Parcel()));
        await site.RunUntilQuietAsync();
        ChangeResult result = await applying;

        Assert.Equal(ChangeResultStatus.Applied, result.Status);
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task What_could_not_be_reached_in_time_never_applies()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        Task<ChangeResult> applying = ApplyAsync(site, id);
        ChangeResult result = await TimeRunsOutAsync(site, applying);
        gate.Open("1", Route.To(Second, new Parcel("old")));
        await site.RunUntilQuietAsync();

        Assert.Equal(ChangeResultStatus.CouldNotReach, result.Status);
        Assert.Equal("old", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_bound_is_kept_when_the_caller_is_gone()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);
        using CancellationTokenSource gone = new();

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        Task<ChangeResult> applying = site.Client.Changes.ApplyAsync(
            ElementRef.Of(id), NoteChange, "new", Clerk, Bound, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => applying);
        await site.AdvanceAsync(Bound * 2);
        gate.Open("1", Route.To(Second, new Parcel("old")));
        await site.RunUntilQuietAsync();

        ChangeRecord record = Assert.Single((await site.Client.Changes.ListAsync(ChangeFilter.All)).Items);
        Assert.Equal(ChangeOutcome.CouldNotReach, Assert.Single(record.Outcomes).Outcome);
        Assert.Equal("old", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_family_that_was_reached_in_part_is_told_so()
    {
        Workflow<Parcel, string> called = Gated(gate, name: "called").Notes([First]);
        Workflow<Parcel, string> flow = Flow("callers")
            .Node(First, n => n.Run(e => Route.Call(called.Call(e.Data), Joined, e.Data)).Calls(called, Joined))
            .Node(Joined, n => n.Run((e, _) => Route.Finish(e.Data.Note)).Finishes())
            .Notes([Joined]);
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        Task<ChangeResult> applying = ApplyAsync(site, id);
        ChangeResult result = await TimeRunsOutAsync(site, applying);

        Assert.Equal(ChangeResultStatus.PartlyApplied, result.Status);
        Assert.Equal(
            [ChangeOutcome.Applied, ChangeOutcome.CouldNotReach],
            result.Record!.Outcomes.Select(outcome => outcome.Outcome).Order());
    }

    [Fact]
    public async Task Refused_late_and_unknown_are_told_apart()
    {
        Workflow<Parcel, string> refusing = Single(_ => Route.Finish("x"), name: "refusing")
            .Changes(NoteChange, c => c.AcceptedAt([First], (_, _) => Changed.Rejected("never")));
        Workflow<Parcel, string> late = Flow("late")
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("x")).Finishes())
            .Notes([Second], First);
        await using TestSite site = new(refusing, late);

        ChangeResult refused = await ApplyAsync(site, await site.SubmitAsync(refusing));
        ChangeResult tooLate = await ApplyAsync(site, await site.SubmitAsync(late));
        ChangeResult unknown = await ApplyAsync(site, new ElementId(Guid.CreateVersion7()));

        Assert.Equal(
            (ChangeResultStatus.Rejected, ChangeResultStatus.TooLate, ChangeResultStatus.NotFound),
            (refused.Status, tooLate.Status, unknown.Status));
    }

    // The run goes on however far time has run until the caller, on a thread of its own, has seen that it is up.
    private Workflow<Parcel, string> TwoNodes() => Flow()
        .Node(First, n => n
            .Run(async (e, cancel) => await gate.PassAsync(e, cancel))
            .GoesTo(Second).Timeout(TimeSpan.FromDays(365)))
        .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
        .Notes([Second]);

    /// <summary>Lets time pass until the call, which goes on beside this thread, has seen that it is up.</summary>
    private static async Task<ChangeResult> TimeRunsOutAsync(TestSite site, Task<ChangeResult> applying)
    {
        await site.AdvanceAsync(Bound);
        return await applying;
    }

    private static Task<ChangeResult> ApplyAsync(TestSite site, ElementId id) =>
        site.Client.Changes.ApplyAsync(ElementRef.Of(id), NoteChange, "new", Clerk, Bound);
}
