using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ControlTests
{
    private static readonly NodeAddress Node = new("parcels", 1, "first");

    private readonly Gate gate = new();

    [Fact]
    public async Task A_paused_node_begins_nothing_until_it_is_resumed()
    {
        Workflow<Parcel, string> flow = Gated(gate);
        await using TestSite site = new(flow);
        await site.Client.Controls.PauseAsync(Node, Clerk);

        ElementId parcel = await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(gate.Came);
        Assert.Equal(ElementState.Ready, await site.StateAsync(parcel));
        await site.Client.Controls.ResumeAsync(Node, Clerk);
        await site.RunUntilQuietAsync();
        Assert.Equal(["1"], gate.Came);
    }

    [Fact]
    public async Task Pausing_lets_begun_runs_end_and_gives_back_what_was_not_begun()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(1));
        await using TestSite site = new(flow);
        await SubmitAsync(site, flow, 3);
        await site.RunUntilQuietAsync();
        int before = site.InFlight;

        await site.Client.Controls.PauseAsync(Node, Clerk);
        await site.RunUntilQuietAsync();
        int paused = site.InFlight;
        gate.Open("0");
        await site.RunUntilQuietAsync();

        Assert.Equal((3, 1, 0), (before, paused, site.InFlight));
        Assert.Equal(["0"], gate.Came);
        Assert.Equal(Ending.Finished, (await site.StatusAsync(flow, "0")).Ending);
        await site.Client.Controls.ResumeAsync(Node, Clerk);
        await site.RunUntilQuietAsync();
        gate.OpenAll();
        await site.RunUntilQuietAsync();
        Assert.Equal(["0", "1", "2"], gate.Came);
    }

    [Fact]
    public async Task What_a_paused_node_gives_back_has_used_up_no_attempt()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(1));
        await using TestSite site = new(flow);
        await SubmitAsync(site, flow, 2);
        await site.RunUntilQuietAsync();
        await site.Client.Controls.PauseAsync(Node, Clerk);
        await site.RunUntilQuietAsync();
        WorkerEpoch other = await site.Store.Workers.RegisterAsync("other", TimeSpan.FromMinutes(1), default);

        IReadOnlyList<ClaimedElement> claimed =
            await site.Store.Elements.ClaimAsync(other, [new ClaimRequest(Node, 10)], default);

        Assert.Equal(("1", 1), (Assert.Single(claimed).BusinessKey, claimed[0].Attempt));
    }

    [Theory]
    [InlineData(typeof(StoreUnavailableException))]
    [InlineData(typeof(CommitOutcomeUnknownException))]
    public async Task What_could_not_be_given_back_at_once_is_not_lost(Type fault)
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(1).Retry(9, Backoff.None));
        FakeTime time = new();
        FailingReleases faults = new(() => (Exception)Activator.CreateInstance(fault, "a test", null)!);
        await using FaultyStore store = new(new MemoryStore(time), faults);
        await using TestSite site = new(new TestSiteSetup { Workflows = [flow], Store = store, Time = time });
        await SubmitAsync(site, flow, 3);
        await site.RunUntilQuietAsync();
        await site.Client.Controls.PauseAsync(Node, Clerk);

        await Assert.ThrowsAsync(fault, site.RunUntilQuietAsync);
        await site.RunUntilQuietAsync();
        gate.OpenAll();
        await site.Client.Controls.ResumeAsync(Node, Clerk);
        for (int i = 0; i < 4; i++)
        {
            await site.AdvanceAsync(TimeSpan.FromSeconds(1));
            gate.OpenAll();
        }

        Assert.Equal(0, site.InFlight);
        Assert.Equal(3, await site.Store.Tickets.CountAsync(new TicketFilter { Ending = Ending.Finished }, default));
    }

    [Fact]
    public async Task Nothing_is_handed_on_in_memory_to_a_paused_node()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).Finishes());
        await using TestSite site = new(flow);
        await site.Client.Controls.PauseAsync(new NodeAddress("parcels", 1, "second"), Clerk);

        ElementId parcel = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();

        Assert.Equal((0, ElementState.Ready), (site.InFlight, await site.StateAsync(parcel)));
        Assert.Empty(gate.Came);
    }

    [Fact]
    public async Task All_processes_of_a_site_obey_also_those_that_start_later()
    {
        Workflow<Parcel, string> flow = Gated(gate);
        MemoryStore store = new(new FakeTime());
        await using TestSite one = new(new TestSiteSetup { Workflows = [flow], Store = store });
        await one.Client.Controls.PauseAsync(Node, Clerk);
        await using TestSite another = new(new TestSiteSetup { Workflows = [flow], Store = store });

        await another.SubmitAsync(flow);
        await another.RunUntilQuietAsync();
        await one.RunUntilQuietAsync();

        Assert.Empty(gate.Came);
    }

    [Fact]
    public async Task Concurrency_is_lowered_while_runs_go_on_and_raised_again()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(4));
        await using TestSite site = new(flow);
        await SubmitAsync(site, flow, 20);
        await site.RunUntilQuietAsync();

        await site.Client.Controls.LimitAsync(Node, new NodeLimits(ConcurrencyMax: 2), Clerk);
        await site.RunUntilQuietAsync();
        int begun = gate.Held;
        gate.OpenAll();
        await site.RunUntilQuietAsync();
        int limited = gate.Held;
        await site.Client.Controls.LimitAsync(Node, new NodeLimits(ConcurrencyMax: 9), Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal((4, 2, 4), (begun, limited, gate.Held));
    }

    [Fact]
    public async Task A_rate_holds_until_it_is_taken_back()
    {
        Workflow<Parcel, string> flow = Single(e =>
        {
            gate.Came.Add(e.BusinessKey);
            return Route.Finish("ok");
        });
        await using TestSite site = new(flow);
        await site.Client.Controls.LimitAsync(Node, new NodeLimits(RatePerSecond: 0.5), Clerk);
        await SubmitAsync(site, flow, 20);

        await site.RunUntilQuietAsync();
        int atOnce = gate.Came.Count;
        await site.AdvanceAsync(TimeSpan.FromSeconds(6.1));
        int limited = gate.Came.Count;
        await site.Client.Controls.LimitAsync(Node, NodeLimits.None, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal((1, 4, 20), (atOnce, limited, gate.Came.Count));
    }

    [Fact]
    public async Task A_rate_that_the_node_declares_is_not_raised()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.RateLimit(1, TimeSpan.FromSeconds(10)));
        await using TestSite site = new(flow);
        await site.Client.Controls.LimitAsync(Node, new NodeLimits(RatePerSecond: 100), Clerk);

        await SubmitAsync(site, flow, 5);
        await site.RunUntilQuietAsync();

        Assert.Single(gate.Came);
    }

    [Fact]
    public async Task A_paused_aggregation_queue_releases_nothing_by_its_rules()
    {
        Workflow<Wave, string> waves = HoldSample.Waves();
        Workflow<Shipment, string> flow = HoldSample.Shipments(waves, h => h.WhenCount(2));
        await using TestSite site = new(flow, waves);
        NodeAddress queue = new("shipments", 1, "picklist");
        await site.Client.Controls.PauseAsync(queue, Clerk);

        await site.HoldAsync(flow, "1");
        await site.HoldAsync(flow, "2");
        long paused = await site.HeldCountAsync(flow);
        await site.Client.Controls.ResumeAsync(queue, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal((2, 0), (paused, await site.HeldCountAsync(flow)));
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => site.Client.Controls.LimitAsync(queue, new NodeLimits(ConcurrencyMax: 1), Clerk));
        Assert.Contains("is an aggregation queue", refused.Message);
    }

    [Fact]
    public async Task A_control_tells_who_and_when_and_keeps_what_others_said()
    {
        await using TestSite site = new(Gated(gate));
        NodeControlDesk desk = site.Client.Controls;
        Assert.Equal(new NodeControl(Node), await desk.GetAsync(Node));
        Assert.Empty(await desk.ListAsync());

        await desk.LimitAsync(Node, new NodeLimits(3, 2.5), new Actor("ann"));
        NodeControl paused = await desk.PauseAsync(Node, new Actor("bob", "the printer burns"));

        Assert.Equal(
            new NodeControl(Node)
            {
                IsPaused = true,
                ConcurrencyMax = 3,
                RatePerSecond = 2.5,
                Actor = new Actor("bob", "the printer burns"),
                ChangedAt = site.Time.GetUtcNow(),
            },
            paused);
        Assert.Equal([paused], await desk.ListAsync());
    }

    [Fact]
    public async Task Acts_of_several_people_at_once_are_all_kept()
    {
        await using TestSite site = new(Gated(gate));

        await Task.WhenAll(
            site.Client.Controls.PauseAsync(Node, Clerk),
            site.Client.Controls.LimitAsync(Node, new NodeLimits(ConcurrencyMax: 2), Clerk));

        NodeControl control = await site.Client.Controls.GetAsync(Node);
        Assert.Equal((true, 2), (control.IsPaused, control.ConcurrencyMax));
    }

    [Fact]
    public async Task What_cannot_be_controlled_is_refused()
    {
        await using TestSite site = new(Gated(gate));

        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(
            () => site.Client.Controls.PauseAsync(new NodeAddress("parcels", 2, "first"), Clerk));

        Assert.Contains("No workflow of this site has a node parcels:2/first", unknown.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NodeLimits(ConcurrencyMax: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NodeLimits(RatePerSecond: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NodeLimits(RatePerSecond: double.NaN));
    }

    private static async Task SubmitAsync(TestSite site, Workflow<Parcel, string> flow, int count)
    {
        for (int i = 0; i < count; i++)
            await site.SubmitAsync(flow, $"{i}");
    }

    /// <summary>Fails the first time that elements are given back.</summary>
    private sealed class FailingReleases(Func<Exception> fault) : IStoreFaults
    {
        private bool hasFailed;

        public Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            if (call != "Elements.Release" || hasFailed)
                return apply();
            hasFailed = true;
            return Task.FromException<T>(fault());
        }

        public void Hint(Action arrived) => arrived();
    }
}
