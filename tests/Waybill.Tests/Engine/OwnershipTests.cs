using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class OwnershipTests
{
    private static readonly TimeSpan PastTheLease = TimeSpan.FromSeconds(16);

    private readonly Gate gate = new();

    [Fact]
    public async Task A_graceful_stop_finishes_what_has_begun_and_hands_the_rest_back_at_once()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(async (e, cancel) => await gate.PassAsync(e, cancel))
                .Concurrency(1).Retry(0, Backoff.None).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("ok")).Finishes());
        TestSite first = new(flow);
        await first.SubmitAsync(flow, "1");
        await first.SubmitAsync(flow, "2");
        await first.RunUntilQuietAsync();

        gate.Open("1", Route.To(Second, new Parcel()));
        await first.StopAsync();
        await using TestSite second = Beside(first, flow);
        await second.RunUntilQuietAsync();
        gate.Open("2", Route.To(Second, new Parcel()));
        await second.RunUntilQuietAsync();

        Assert.Equal(["1", "2"], gate.Came);
        Assert.Equal(0, first.InFlight);
        Assert.Equal(2, await second.Store.Tickets.CountAsync(new TicketFilter { Ending = Ending.Finished }, default));
    }

    [Fact]
    public async Task A_dead_process_is_taken_over_within_its_lease_and_not_before()
    {
        Workflow<Parcel, string> flow = Gated(gate);
        TestSite dead = new(flow);
        await dead.SubmitAsync(flow);
        await dead.RunUntilQuietAsync();
        await dead.DisposeAsync();

        await using TestSite heir = Beside(dead, flow);
        await heir.AdvanceAsync(TimeSpan.FromSeconds(13));
        int before = gate.Came.Count;
        await heir.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal((1, 2), (before, gate.Came.Count));
    }

    [Fact]
    public async Task More_than_one_pass_returns_is_taken_over_by_the_next_pass_and_not_a_lease_later()
    {
        const int count = 1200;
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(count));
        TestSite dead = new(flow);
        for (int i = 0; i < count; i++)
            await dead.SubmitAsync(flow, $"{i}");
        await dead.RunUntilQuietAsync();
        await dead.DisposeAsync();
        await using TestSite heir = Beside(dead, flow);
        heir.Time.Advance(PastTheLease);

        await heir.Passes.Caretaker.KeepLeaseOnceAsync();
        await heir.Passes.Caretaker.LookForDeadOnceAsync();
        await heir.Passes.Caretaker.LookForDeadOnceAsync();

        ElementFilter ready = new() { State = ElementState.Ready };
        Assert.Equal(count, await heir.Store.Directory.CountAsync(ready, default));
    }

    [Fact]
    public async Task A_paused_worker_cannot_commit_after_its_work_was_reclaimed()
    {
        Workflow<Parcel, string> flow = Gated(gate);
        await using TestSite paused = new(flow);
        await paused.SubmitAsync(flow);
        await paused.RunUntilQuietAsync();
        await using TestSite heir = Beside(paused, flow);
        TaskCompletionSource<Route> early = gate.Take("1");
        await heir.AdvanceAsync(PastTheLease);

        early.SetResult(Route.Finish("the paused one's"));
        await paused.RunUntilQuietAsync();
        gate.Open("1", Route.Finish("the heir's"));
        await heir.RunUntilQuietAsync();

        Assert.Equal("the heir's", (await heir.StatusAsync(flow)).Result);
        Assert.Equal((0, 0), (paused.InFlight, heir.InFlight));
    }

    [Fact]
    public async Task A_worker_whose_lease_ran_out_begins_no_run_until_it_has_renewed_it()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(1));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        await site.RunUntilQuietAsync();

        site.Time.Advance(PastTheLease);
        gate.Open("1");
        await site.RunUntilQuietAsync();
        string[] before = [.. gate.Came];
        await site.Passes.Caretaker.RenewOnceAsync();
        await site.RunUntilQuietAsync();

        Assert.Equal(["1"], before);
        Assert.Equal(["1", "2"], gate.Came);
    }

    [Fact]
    public async Task Losing_the_epoch_drops_everything_and_gives_every_reservation_back()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("ok")).Concurrency(1).Finishes());
        await using TestSite site = new(flow);
        for (int i = 0; i < 16; i++)
            await site.SubmitAsync(flow, $"{i}");
        await site.RunUntilQuietAsync();
        int roomAtFirst = site.Passes.Hosted.Find(new NodeAddress("parcels", 1, "second"))!.Room;
        await site.Store.Workers.LeaveAsync(site.Passes.Custody.Epoch!.Value, default);
        for (int i = 0; i < 16; i++)
            gate.Open($"{i}", Route.To(Second, new Parcel()));

        await site.RunUntilQuietAsync();
        int heldWithout = site.InFlight;
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(0, heldWithout);
        Assert.Equal(roomAtFirst, site.Passes.Hosted.Find(new NodeAddress("parcels", 1, "second"))!.Room);
        Assert.Equal(32, gate.Came.Count);
    }

    [Fact]
    public async Task A_process_hosts_only_the_nodes_that_it_is_told_to()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("ok")).Finishes());
        SiteOptions options = new();
        options.HostedNodes.Add("second");
        await using TestSite one = new(new TestSiteSetup { Workflows = [flow], Options = options });
        await using TestSite other = Beside(one, flow);

        ElementId id = await one.SubmitAsync(flow);
        await one.RunUntilQuietAsync();
        ElementState? before = await one.StateAsync(id);
        await other.RunUntilQuietAsync();

        Assert.Equal(ElementState.Ready, before);
        Assert.Equal("ok", (await one.StatusAsync(flow)).Result);
    }

    private static TestSite Beside(TestSite other, params Workflow[] flows) =>
        new(new TestSiteSetup { Workflows = flows, Time = other.Time, Store = other.Store });
}
