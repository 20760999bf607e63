using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class CancelLedgerTests
{
    private readonly Gate gate = new();

    [Fact]
    public async Task A_cancel_stands_in_the_ledger_with_its_outcome()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes());
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        ChangeOutcome before = await OutcomeAsync(site, id);
        gate.Open("1", Route.To(Second, new Parcel()));
        await site.RunUntilQuietAsync();

        Assert.Equal(ChangeOutcome.Pending, before);
        Assert.Equal(ChangeOutcome.Applied, await OutcomeAsync(site, id));
        Assert.Equal(Ending.Cancelled, (await site.StatusAsync(flow)).Ending);
    }

    [Fact]
    public async Task One_that_waits_past_the_point_of_no_return_goes_on_as_if_nobody_had_asked()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.Wait(Second, e.Data, TimeSpan.FromDays(1))).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.Finish($"shipped, {e.CancelRequested}")).Finishes())
            .CancelTooLateFrom(Second);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        CancelOutcome outcome = await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        await site.RunUntilQuietAsync();
        ElementState? state = await site.StateAsync(id);
        await site.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal((CancelOutcome.TooLate, ElementState.Delayed), (outcome, state));
        Assert.Equal(ChangeOutcome.TooLate, await OutcomeAsync(site, id));
        Assert.Equal("shipped, False", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task One_that_is_run_past_the_point_of_no_return_refuses_at_its_hop()
    {
        Workflow<Parcel, string> flow = Shipping();
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        CancelOutcome outcome = await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        gate.Open("1", Route.To(Second, new Parcel()));
        await site.RunUntilQuietAsync();

        Assert.Equal(CancelOutcome.Requested, outcome);
        Assert.Equal(ChangeOutcome.TooLate, await OutcomeAsync(site, id));
        Assert.Equal("shipped", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task One_whose_worker_died_past_the_point_of_no_return_is_run_again_and_refuses()
    {
        Workflow<Parcel, string> flow = Shipping();
        await using TestSite dying = new(flow);
        await using TestSite other = new(new TestSiteSetup
        {
            Workflows = [flow],
            Store = dying.Store,
            Time = dying.Time,
            Options = new SiteOptions { WorkerName = "other" },
        });

        ElementId id = await dying.SubmitAsync(flow);
        await dying.RunUntilQuietAsync();
        await dying.Client.CancelAsync(ElementRef.Of(id), Clerk);
        await dying.DisposeAsync();
        gate.Take("1");
        await other.AdvanceAsync(TimeSpan.FromMinutes(1));
        gate.Open("1", Route.To(Second, new Parcel()));
        await other.RunUntilQuietAsync();

        Assert.Equal(ChangeOutcome.TooLate, await OutcomeAsync(other, id));
        Assert.Equal("shipped", (await other.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task In_a_family_each_is_judged_by_its_own_points()
    {
        Workflow<Parcel, string> shipping = Shipping("shipping");
        Workflow<Parcel, string> packing = Flow("packing")
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("packed")).Finishes());
        Workflow<Parcel, string> flow = Flow("callers")
            .Node(First, n => n
                .Run(e => Route.Fork([shipping.Call(e.Data), packing.Call(e.Data)], Joined, e.Data))
                .Calls(shipping, Joined).Calls(packing, Joined))
            .Node(Joined, n => n
                .Run((_, replies) => Route.Finish(string.Join(' ', replies.Select(reply => reply.Ending))))
                .Finishes());
        await using TestSite site = new(flow, shipping, packing);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        gate.Open("1/0", Route.To(Second, new Parcel()));
        gate.Open("1/1", Route.To(Second, new Parcel()));
        await site.RunUntilQuietAsync();
        ChangeRecord record = Assert.Single((await site.Client.Changes.ListAsync(ChangeFilter.All)).Items);

        Assert.Equal("Finished Cancelled", (await site.StatusAsync(flow)).Result);
        Assert.Equal(
            [ChangeOutcome.Applied, ChangeOutcome.TooLate, ChangeOutcome.TooLate],
            record.Outcomes.Select(outcome => outcome.Outcome).Order());
        Assert.True(record.HasEnded);
    }

    /// <summary>First is held by the gate, and past the point of no return.</summary>
    private Workflow<Parcel, string> Shipping(string name = "parcels") => Flow(name)
        .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
        .Node(Second, n => n.Run(_ => Route.Finish("shipped")).Finishes())
        .CancelTooLateFrom(First);

    private static async Task<ChangeOutcome> OutcomeAsync(TestSite site, ElementId id)
    {
        ChangeRecord record = Assert.Single(
            (await site.Client.Changes.ListAsync(new ChangeFilter { Target = ElementRef.Of(id) })).Items);
        Assert.Equal(NewChange.CancelType, record.Type);
        return Assert.Single(record.Outcomes).Outcome;
    }
}
