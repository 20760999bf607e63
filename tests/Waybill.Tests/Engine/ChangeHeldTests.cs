using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class ChangeHeldTests
{
    private static readonly Change<string> MethodChange = new("method-change");

    private readonly TaskCompletionSource<Route> picked = new();

    [Fact]
    public async Task A_held_element_changes_at_once_and_moves_to_its_new_group()
    {
        Workflow<Wave, string> waves = Waves();
        Workflow<Shipment, string> flow = Changing(waves, [Picklist]);
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        ChangeOutcome outcome = await ChangeAsync(site, id, "air");
        HeldPage held = await site.Client.Held(flow, Picklist).ListAsync(HeldFilter.All);

        Assert.Equal(ChangeOutcome.Applied, outcome);
        Assert.Equal("air", Assert.Single(held.Items).Group);
    }

    [Fact]
    public async Task One_that_is_held_by_its_next_hop_is_held_with_the_change()
    {
        TaskCompletionSource gate = new();
        Workflow<Wave, string> waves = Waves();
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Inbox)
            .Node(Inbox, n => n
                .Run(async (e, _) =>
                {
                    await gate.Task;
                    return Route.To(Picklist, e.Data);
                })
                .GoesTo(Picklist))
            .Holds(Picklist, h => Held(h, waves))
            .Node(Picked, n => n.Run((e, _) => Route.Finish(e.Data.Method)).Finishes())
            .Changes(MethodChange, c => c
                .AcceptedAt([Picklist], (shipment, method) => Changed.To(shipment with { Method = method })));
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        ChangeOutcome before = await ChangeAsync(site, id, "air");
        gate.SetResult();
        await site.RunUntilQuietAsync();
        HeldPage held = await site.Client.Held(flow, Picklist).ListAsync(HeldFilter.All);

        Assert.Equal(ChangeOutcome.Pending, before);
        Assert.Equal("air", Assert.Single(held.Items).Group);
    }

    [Theory]
    [InlineData(true, ChangeOutcome.Applied, "air")]
    [InlineData(false, ChangeOutcome.TooLate, "ground")]
    public async Task A_member_of_a_batch_is_judged_where_it_goes_on(
        bool isAccepted, ChangeOutcome expected, string method)
    {
        Workflow<Wave, string> waves = Waves(_ => new ValueTask<Route>(picked.Task));
        Workflow<Shipment, string> flow = isAccepted
            ? Changing(waves, [Picked])
            : Changing(waves, [Picklist], Picked);
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        await site.Client.Held(flow, Picklist).ReleaseAsync(HeldFilter.All, Clerk);
        await site.RunUntilQuietAsync();
        ElementState? state = await site.StateAsync(id);
        ChangeOutcome outcome = await ChangeAsync(site, id, "air");
        picked.SetResult(Route.Finish("picked"));
        await site.RunUntilQuietAsync();

        Assert.Equal((ElementState.Batched, expected), (state, outcome));
        Assert.Equal(method, await site.ResultAsync(flow, "1"));
    }

    [Fact]
    public async Task A_value_that_the_queue_cannot_hold_rejects_the_change()
    {
        Workflow<Wave, string> waves = Waves();
        Workflow<Shipment, string> flow = Changing(waves, [Picklist]);
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");
        ChangeOutcome outcome = await ChangeAsync(site, id, new string('x', 201));

        Assert.Equal(ChangeOutcome.Rejected, outcome);
        Assert.Equal(1, await site.HeldCountAsync(flow));
    }

    private static Workflow<Shipment, string> Changing(
        Workflow<Wave, string> waves, IReadOnlyList<Node<Shipment>> accepting, params Node[] past) =>
        Workflow<Shipment, string>.Named("shipments").StartsAt(Picklist)
            .Holds(Picklist, h => Held(h, waves))
            .Node(Picked, n => n.Run((e, _) => Route.Finish(e.Data.Method)).Finishes())
            .Changes(MethodChange, c => c
                .AcceptedAt(accepting, (s, method) => Changed.To(s with { Method = method }))
                .TooLateFrom(past));

    private static async Task<ChangeOutcome> ChangeAsync(TestSite site, ElementId id, string method)
    {
        ChangeTicket ticket = await site.Client.Changes.RequestAsync(ElementRef.Of(id), MethodChange, method, Clerk);
        return (await site.OutcomeAsync(ticket)).Outcome;
    }
}
