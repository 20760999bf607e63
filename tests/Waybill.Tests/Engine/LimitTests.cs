using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class LimitTests
{
    private readonly Gate gate = new();

    [Fact]
    public async Task No_more_runs_go_on_at_once_than_the_node_allows()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.Concurrency(3));
        await using TestSite site = new(flow);

        await SubmitAsync(site, flow, 10);
        await site.RunUntilQuietAsync();
        int atFirst = gate.Held;
        gate.Open("0");
        await site.RunUntilQuietAsync();

        Assert.Equal((3, 3, 4), (atFirst, gate.Held, gate.Came.Count));
    }

    [Fact]
    public async Task No_more_runs_begin_in_a_span_than_the_rate_allows()
    {
        Workflow<Parcel, string> flow = Single(
            e =>
            {
                gate.Came.Add(e.BusinessKey);
                return Route.Finish("ok");
            },
            n => n.RateLimit(3, TimeSpan.FromSeconds(3)));
        await using TestSite site = new(flow);

        await SubmitAsync(site, flow, 20);
        await site.RunUntilQuietAsync();
        int atOnce = gate.Came.Count;
        await site.AdvanceAsync(TimeSpan.FromSeconds(6.1));

        Assert.Equal((3, 9), (atOnce, gate.Came.Count));
    }

    [Fact]
    public async Task Elements_go_by_priority_then_by_age()
    {
        Workflow<Parcel, string> flow = Single(
            e =>
            {
                gate.Came.Add(e.BusinessKey);
                return Route.Finish("ok");
            },
            n => n.Priority(data => data.Count));
        await using TestSite site = new(flow);

        foreach ((string key, int priority) in new[] { ("a", 0), ("b", 5), ("c", -1), ("d", 5), ("e", int.MinValue) })
            await site.SubmitAsync(flow, key, new Parcel(Count: priority));
        await site.RunUntilQuietAsync();

        Assert.Equal(["b", "d", "a", "c", "e"], gate.Came);
    }

    [Fact]
    public async Task A_process_never_owns_more_than_it_may_whatever_waits()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).Concurrency(2).Finishes());
        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [flow],
            Options = new SiteOptions { InFlightMax = 7, ClaimBatchMax = 5 },
        });
        await SubmitAsync(site, flow, 100);

        int most = 0;
        for (int i = 0; i < 60; i++)
        {
            await site.RunUntilQuietAsync();
            most = Math.Max(most, site.InFlight);
            gate.OpenAll();
        }

        await site.RunUntilQuietAsync();
        Assert.InRange(most, 2, 7);
        Assert.Equal(100, gate.Came.Count);
        Assert.Equal(0, site.InFlight);
    }

    [Fact]
    public async Task An_element_is_handed_on_in_memory_only_where_there_is_room_and_none_waits_before_it()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).Concurrency(1).Finishes());
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow, "alone");
        await site.RunUntilQuietAsync();
        int handedOver = site.InFlight;
        site.Passes.Hosted.Find(new NodeAddress("parcels", 1, "second"))!.HasBacklog = true;

        ElementId second = await site.SubmitAsync(flow, "behind");
        site.Passes.Claimer.Poll();
        await site.Passes.Claimer.ClaimOnceAsync();

        Assert.Equal(1, handedOver);
        Assert.Equal(ElementState.Owned, await site.StateAsync(second));
        await site.RunUntilQuietAsync();
        gate.OpenAll();
        await site.RunUntilQuietAsync();
        gate.OpenAll();
        await site.RunUntilQuietAsync();
        Assert.Equal(["alone", "behind"], gate.Came);
    }

    [Fact]
    public async Task Nothing_is_handed_on_past_what_waits_in_the_store_when_there_was_no_room_to_ask_for_it()
    {
        Gate before = new();
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(async (e, cancel) => await before.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n
                .Run(async (e, cancel) => await gate.PassAsync(e, cancel))
                .Concurrency(1).Priority(data => data.Count).Finishes());
        await using TestSite site = new(flow);
        await SubmitAsync(site, flow, 5);
        await site.RunUntilQuietAsync();
        // One runs and two are ready, as many as there is room for; the urgent one goes to the store.
        foreach (string key in new[] { "0", "1", "2" })
        {
            before.Open(key, Route.To(Second, new Parcel()));
            await site.RunUntilQuietAsync();
        }

        before.Open("3", Route.To(Second, new Parcel(Count: 9)));
        await site.RunUntilQuietAsync();
        site.Time.Advance(TimeSpan.FromSeconds(10));

        gate.Open("0");
        before.Open("4", Route.To(Second, new Parcel()));
        for (int i = 1; i < 5; i++)
        {
            await site.RunUntilQuietAsync();
            gate.OpenAll();
        }

        Assert.Equal(["0", "1", "2", "3", "4"], gate.Came);
    }

    private static async Task SubmitAsync(TestSite site, Workflow<Parcel, string> flow, int count)
    {
        for (int i = 0; i < count; i++)
            await site.SubmitAsync(flow, $"{i}");
    }
}
