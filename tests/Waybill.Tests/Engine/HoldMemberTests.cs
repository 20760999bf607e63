using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class HoldMemberTests
{
    [Fact]
    public async Task A_batch_reads_its_members_and_each_goes_on_with_its_own_data_and_the_result()
    {
        List<string> seen = [];
        Workflow<Wave, string> waves = Waves(async wave =>
        {
            await foreach (BatchMember<Shipment> member in wave.MembersAsync<Shipment>())
                seen.Add($"{member.BusinessKey} {member.Data.Grams}");
            return Route.Finish($"{seen.Count} picked");
        });
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(2));
        await using TestSite site = new(flow, waves);

        await site.HoldAsync(flow, "1", new Shipment(Grams: 10));
        ElementId id = await site.HoldAsync(flow, "2", new Shipment(Grams: 20));

        Assert.Equal(["1 10", "2 20"], seen);
        Assert.Equal("Finished: 2 picked", await site.ResultAsync(flow, "2"));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Batched, JournalKind.Returned, JournalKind.Finished],
            await site.HistoryAsync(id));
    }

    [Fact]
    public async Task Members_that_leave_early_take_replies_of_their_own_and_the_rest_get_the_ending()
    {
        Workflow<Wave, string> waves = Waves(async wave =>
        {
            Route route = Route.Fail("the belt stopped");
            await foreach (BatchMember<Shipment> member in wave.MembersAsync<Shipment>())
            {
                route = member.BusinessKey switch
                {
                    "1" => route.MemberDone(member.Id, "picked by hand"),
                    "2" => route.MemberFails(member.Id, "not on the shelf"),
                    _ => route,
                };
            }

            return route;
        });
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(3));
        await using TestSite site = new(flow, waves);

        foreach (string key in (string[])["1", "2", "3"])
            await site.HoldAsync(flow, key);

        Assert.Equal("Finished: picked by hand", await site.ResultAsync(flow, "1"));
        Assert.Equal("Failed: not on the shelf", await site.ResultAsync(flow, "2"));
        Assert.Equal("Failed: the belt stopped", await site.ResultAsync(flow, "3"));
    }

    [Fact]
    public async Task A_member_of_the_wrong_result_type_sidelines_the_batch_and_nobody_leaves()
    {
        Workflow<Wave, string> waves = Waves(async wave =>
        {
            await foreach (BatchMember<Shipment> member in wave.MembersAsync<Shipment>())
                return Route.Finish("x").MemberDone(member.Id, 7);
            return Route.Fail("no members");
        });
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(1));
        await using TestSite site = new(flow, waves);

        ElementId id = await site.HoldAsync(flow, "1");

        SidelinedElement sidelined = Assert.Single(
            (await site.Client.Sidelined.ListAsync(SidelinedFilter.All)).Items);
        Assert.Equal("waybill.wrong-result", sidelined.Failure.Type);
        Assert.Equal(ElementState.Batched, await site.StateAsync(id));
    }

    [Fact]
    public async Task A_cancelled_member_leaves_its_batch_at_once_and_stops_no_other()
    {
        TaskCompletionSource picked = new();
        Workflow<Wave, string> waves = Waves(async _ =>
        {
            await picked.Task;
            return Route.Finish("picked");
        });
        Workflow<Shipment, string> flow = Shipments(waves, h => h.WhenCount(2));
        await using TestSite site = new(flow, waves);

        ElementId gone = await site.HoldAsync(flow, "1");
        await site.HoldAsync(flow, "2");
        CancelOutcome outcome = await site.Client.CancelAsync(ElementRef.Of(gone), Clerk);
        await site.RunUntilQuietAsync();
        Ending? early = (await site.Client.StatusAsync(flow, "1"))!.Ending;
        picked.SetResult();
        await site.RunUntilQuietAsync();

        Assert.Equal((CancelOutcome.Requested, Ending.Cancelled), (outcome, early));
        Assert.Equal("Finished: picked", await site.ResultAsync(flow, "2"));
    }

    [Fact]
    public async Task Members_go_on_in_the_order_of_the_priority_of_the_node_where_they_go_on()
    {
        List<string> order = [];
        Workflow<Wave, string> waves = Waves();
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Picklist)
            .Holds(Picklist, h => Held(h, waves).WhenCount(3))
            .Node(Picked, n => n
                .Run((s, _) =>
                {
                    order.Add(s.BusinessKey);
                    return Route.Finish("x");
                })
                .Priority(s => s.Grams).Concurrency(1).Finishes());
        await using TestSite site = new(flow, waves);

        await site.HoldAsync(flow, "low", new Shipment(Grams: 1));
        await site.HoldAsync(flow, "high", new Shipment(Grams: 3));
        await site.HoldAsync(flow, "middle", new Shipment(Grams: 2));

        Assert.Equal(["high", "middle", "low"], order);
    }
    [Fact]
    public async Task An_amendment_of_what_the_priority_is_taken_from_counts_where_members_go_on()
    {
        List<string> order = [];
        Workflow<Wave, string> waves = Waves();
        Workflow<Shipment, string> flow = Workflow<Shipment, string>.Named("shipments").StartsAt(Picklist)
            .Holds(Picklist, h => Held(h, waves))
            .Node(Picked, n => n
                .Run((s, _) =>
                {
                    order.Add(s.BusinessKey);
                    return Route.Finish("x");
                })
                .Priority(s => s.Grams).Concurrency(1).Finishes());
        await using TestSite site = new(flow, waves);

        await site.HoldAsync(flow, "first", new Shipment(Grams: 2));
        ElementId amended = await site.HoldAsync(flow, "amended", new Shipment(Grams: 1));
        await site.Client.Held(flow, Picklist).AmendAsync(amended, s => s with { Grams = 3 }, Clerk);
        await site.Client.Held(flow, Picklist).ReleaseAsync(HeldFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(["amended", "first"], order);
    }
}
