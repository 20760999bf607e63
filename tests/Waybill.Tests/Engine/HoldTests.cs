using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class HoldTests
{
    private readonly Workflow<Wave, string> waves = Waves();

    [Fact]
    public async Task An_element_is_held_by_the_hop_that_leads_there_and_never_handed_on()
    {
        Workflow<Shipment, string> flow = Led(s => Route.To(Picklist, s.Data));
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");

        Assert.Equal((ElementState.Held, 0), (await site.StateAsync(id), site.InFlight));
        Assert.Equal([JournalKind.Accepted, JournalKind.Moved], await site.HistoryAsync(id));
    }

    [Fact]
    public async Task An_element_that_waits_first_is_held_when_its_time_has_come()
    {
        Workflow<Shipment, string> flow = Led(s => Route.Wait(Picklist, s.Data, TimeSpan.FromHours(1)));
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        ElementState? before = await site.StateAsync(id);
        await site.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal((ElementState.Delayed, ElementState.Held), (before, await site.StateAsync(id)));
    }

    [Fact]
    public async Task An_upgraded_element_is_held_where_the_new_version_holds()
    {
        Node<Shipment> old = new("old");
        TaskCompletionSource<Route> never = new();
        Workflow<Shipment, string> first = Workflow<Shipment, string>.Named("shipments").StartsAt(old)
            .Node(old, n => n.Run(async (_, cancel) => await never.Task.WaitAsync(cancel)).Finishes());
        Workflow<Shipment, string> second = Workflow<Shipment, string>.Named("shipments", 2).StartsAt(Picklist)
            .Holds(Picklist, h => Held(h, waves))
            .Node(Picked, n => n.Run((_, _) => Route.Finish("")).Finishes())
            .UpgradesFrom<Shipment, Shipment>(1, s => s with { Method = "upgraded" }, ("old", Picklist));
        await using TestSite before = new(first);
        ElementId id = (await before.Client.SubmitAsync(first, "1", new Shipment())).Id;

        await using TestSite after = new(new TestSiteSetup
        {
            Workflows = [second, waves],
            Store = before.Store,
            Time = before.Time,
        });
        await after.RunUntilQuietAsync();

        Assert.Equal(ElementState.Held, await after.StateAsync(id));
        Assert.Equal(1, await after.Client.Held(second, Picklist).CountAsync(new HeldFilter { Group = "upgraded" }));
    }

    [Theory]
    [InlineData("", "A")]
    [InlineData("ground", "201")]
    public async Task Data_that_no_table_can_hold_fails_the_run_that_leads_there(string method, string zone)
    {
        Shipment shipment = new(method, zone == "201" ? new string('A', 201) : zone);
        Workflow<Shipment, string> flow = Led(_ => Route.To(Picklist, shipment));
        await using TestSite site = new(flow, waves);

        await site.HoldAsync(flow, "1");

        SidelinedElement sidelined = await site.SingleSidelinedAsync();
        Assert.Equal(("waybill.held-row", "inbox"), (sidelined.Failure.Type, sidelined.Node.Node));
    }

    [Fact]
    public async Task A_failing_group_key_is_retried_and_takes_the_failure_route_of_the_run_that_leads_there()
    {
        int asked = 0;
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Inbox)
            .Node(Inbox, n => n.Run(s => Route.To(Picklist, s.Data)).GoesTo(Picklist)
                .Retry(2, Backoff.Fixed(TimeSpan.FromSeconds(1))))
            .Holds(Picklist, h => Held(h, waves)
                .GroupBy(s => ++asked < 3 ? throw new IOException("no rate card") : s.Method))
            .Node(Picked, n => n.Run((_, _) => Route.Finish("")).Finishes());
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        await site.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(ElementState.Held, await site.StateAsync(id));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Retried, JournalKind.Retried, JournalKind.Moved],
            await site.HistoryAsync(id));
    }

    [Fact]
    public async Task Data_that_a_queue_at_the_start_cannot_hold_is_refused_to_who_submits_it()
    {
        Workflow<Shipment, string> flow = Shipments(waves);
        await using TestSite site = new(flow, waves);

        RouteException error = await Assert.ThrowsAsync<RouteException>(
            () => site.Client.SubmitAsync(flow, "1", new Shipment("")));

        Assert.Equal("waybill.held-row", error.Code);
    }

    [Fact]
    public async Task A_cancelled_element_goes_to_the_cancel_node_with_its_data()
    {
        Node<Shipment> undo = new("undo");
        Workflow<Shipment, string> flow = Led(s => Route.To(Picklist, s.Data)).CancelsTo(undo)
            .Node(undo, n => n.Run(s => Route.Finish($"undid {s.Data.Grams}")).Finishes());
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal("undid 100", await site.ResultAsync(flow, "1"));
        Assert.Equal(0, await site.HeldCountAsync(flow));
    }

    private Workflow<Shipment, string> Led(Func<Element<Shipment>, Route> lead) =>
        Workflow<Shipment, string>.Named("shipments").StartsAt(Inbox)
            .Node(Inbox, n => n.Run(lead).GoesTo(Picklist))
            .Holds(Picklist, h => Held(h, waves))
            .Node(Picked, n => n.Run((_, _) => Route.Finish("done")).Finishes());
}
