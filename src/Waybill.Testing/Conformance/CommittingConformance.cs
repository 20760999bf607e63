using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class CommittingConformance : StoreConformance
{
    [Fact]
    public async Task A_hop_takes_an_element_to_its_next_node_with_its_new_data()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));

        await ApplyAsync(worker, order.Enqueue(Source) with { Data = Json("""{"authorisation":"a1"}""") });

        ClaimedElement moved = await ClaimOneAsync(worker, Source);
        Assert.Equal(
            (order.Id, order.Key, Source, 1, 1, 1, "order-7", """{"authorisation":"a1"}"""),
            (moved.Id, moved.Key, moved.Node, moved.Hop, moved.ArrivedHop, moved.Attempt, moved.BusinessKey,
                Text(moved.Data)));
        Assert.Equal(order.AcceptedAt, moved.AcceptedAt);
    }

    [Fact]
    public async Task A_handed_over_element_stays_with_its_worker()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        await ApplyAsync(worker, order.HandOver(Source));

        ElementFence fence = Assert.Single(await Store.Elements.FencesAsync([order.Key], Cancel));
        Assert.Equal(new ElementFence(order.Key, 1, ElementState.Owned, worker), fence);
        Assert.Equal(Source, (await FindAsync(order.Id)).Summary.Node);
        Assert.Empty(await ClaimAsync(worker, Source));
    }

    [Fact]
    public async Task An_element_can_travel_on_in_memory_and_then_go_back_to_a_queue()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        for (int i = 0; i < 5; i++)
        {
            Hop hop = order.HandOver(i % 2 == 0 ? Source : Authorise);
            await ApplyAsync(worker, hop);
            order = order.After(hop);
        }

        await ApplyAsync(worker, order.Enqueue(Ship));

        ClaimedElement arrived = await ClaimOneAsync(worker, Ship);
        Assert.Equal((6, 6, 1), (arrived.Hop, arrived.ArrivedHop, arrived.Attempt));
    }

    [Fact]
    public async Task A_hop_that_was_applied_is_not_applied_again()
    {
        WorkerEpoch worker = await RegisterAsync();
        Hop hop = (await StartOneAsync(worker)).HandOver(Source);
        await ApplyAsync(worker, hop);

        Assert.Equal([HopStatus.Lost], await CommitAsync(worker, hop with { Data = Json("[]") }));

        ElementDetails found = await FindAsync(hop.Id);
        Assert.Equal((1, "{}"), (found.Summary.Hop, Text(found.Data)));
    }

    [Fact]
    public async Task A_hop_that_does_not_go_out_from_the_present_one_is_lost()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        Assert.Equal([HopStatus.Lost], await CommitAsync(worker, order.Enqueue(Source) with { From = 1 }));

        ElementSummary found = (await FindAsync(order.Id)).Summary;
        Assert.Equal((Authorise, 0, ElementState.Owned), (found.Node, found.Hop, found.State));
    }

    [Fact]
    public async Task A_worker_cannot_move_what_another_one_owns()
    {
        WorkerEpoch owner = await RegisterAsync("owner");
        WorkerEpoch thief = await RegisterAsync("thief");
        ClaimedElement order = await StartOneAsync(owner);

        Assert.Equal([HopStatus.Lost], await CommitAsync(thief, order.Enqueue(Source)));

        await ApplyAsync(owner, order.Enqueue(Source));
    }

    [Fact]
    public async Task A_worker_cannot_move_what_only_waits()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source));

        Assert.Equal([HopStatus.Lost], await CommitAsync(worker, order.Enqueue(Ship) with { From = 1 }));

        Assert.Equal(order.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task An_element_that_ended_or_never_was_is_lost()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Finish());

        IReadOnlyList<HopStatus> statuses = await CommitAsync(
            worker, order.Enqueue(Source), order.Enqueue(Source) with { Key = order.Key + 1000, Id = NewId() });

        Assert.Equal([HopStatus.Lost, HopStatus.Lost], statuses);
        Assert.Equal(0, await Store.Directory.CountAsync(ElementFilter.All, Cancel));
    }

    [Fact]
    public async Task One_lost_hop_leaves_the_others_of_its_commit_alone()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());

        IReadOnlyList<HopStatus> statuses = await CommitAsync(
            worker, orders[0].Enqueue(Source), orders[1].Enqueue(Source) with { From = 9 }, orders[2].Finish());

        Assert.Equal([HopStatus.Applied, HopStatus.Lost, HopStatus.Applied], statuses);
        Assert.Equal(ElementState.Ready, await StateAsync(orders[0].Id));
        Assert.Equal(ElementState.Owned, await StateAsync(orders[1].Id));
        Assert.False(await IsInFlightAsync(orders[2].Id));
    }

    [Fact]
    public async Task A_paused_worker_cannot_commit_after_its_epoch_was_ended()
    {
        WorkerEpoch paused = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(paused);
        await Fixture.AdvanceAsync(Lease + Hour);
        await Store.Workers.ReclaimAsync(100, Cancel);

        EpochLostException lost =
            await Assert.ThrowsAsync<EpochLostException>(() => CommitAsync(paused, order.Finish()));

        Assert.Equal(paused, lost.Epoch);
        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
        Assert.Equal([JournalKind.Accepted], await KindsAsync(order.Id));
    }

    [Fact]
    public async Task A_worker_whose_lease_ran_out_can_commit_until_somebody_ends_its_epoch()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await Fixture.AdvanceAsync(Lease + Hour);

        await ApplyAsync(worker, order.Enqueue(Source));

        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_retry_is_still_the_same_arrival_with_one_more_attempt()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source));
        ClaimedElement first = await ClaimOneAsync(worker, Source);

        await ApplyAsync(worker, first.Retry(TimeSpan.Zero));

        ClaimedElement second = await ClaimOneAsync(worker, Source);
        Assert.Equal((2, 1, 2), (second.Hop, second.ArrivedHop, second.Attempt));
    }

    [Fact]
    public async Task A_failure_goes_along_with_its_hop_and_no_further()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source) with { Failure = """{"type":"Declined"}""" });

        ClaimedElement diverted = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, diverted.Enqueue(Ship));

        Assert.Equal("""{"type":"Declined"}""", diverted.Failure);
        Assert.Null((await ClaimOneAsync(worker, Ship)).Failure);
    }

    [Fact]
    public async Task A_hop_counts_attempts_anew()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Retry(TimeSpan.Zero));
        ClaimedElement again = await ClaimOneAsync(worker);

        await ApplyAsync(worker, again.Enqueue(Source));

        Assert.Equal((2, 1), (again.Attempt, (await ClaimOneAsync(worker, Source)).Attempt));
    }

    [Fact]
    public async Task A_commit_can_hold_every_kind_of_destination()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(
            worker, [.. Enumerable.Range(0, 7).Select(_ => New())]);

        await ApplyAsync(
            worker,
            orders[0].HandOver(Source),
            orders[1].Enqueue(Source),
            orders[2].Enqueue(Source, delay: Hour),
            orders[3].Call(Source, New(at: Charge)),
            orders[4].Await("paid", Source),
            orders[5].Sideline(),
            orders[6].Finish());

        ElementState[] expected =
        [
            ElementState.Owned, ElementState.Ready, ElementState.Delayed, ElementState.Calling,
            ElementState.AwaitingSignal, ElementState.Sidelined,
        ];
        foreach ((int index, ElementState state) in expected.Index())
            Assert.Equal(state, await StateAsync(orders[index].Id));
        Assert.False(await IsInFlightAsync(orders[6].Id));
    }

    [Fact]
    public async Task Hundreds_of_hops_are_applied_in_one_commit_in_their_order()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement[] orders = [.. Enumerable.Range(0, 600).Select(_ => New())];
        await AcceptAsync(orders);
        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker, max: 1000);

        IReadOnlyList<HopStatus> statuses = await CommitAsync(
            worker, [.. claimed.Select((order, i) => order.Enqueue(Source) with { From = i % 3 == 0 ? 5 : 0 })]);

        Assert.Equal(claimed.Select((_, i) => i % 3 == 0 ? HopStatus.Lost : HopStatus.Applied), statuses);
        Assert.Equal(400, await Store.Directory.CountAsync(new ElementFilter { Node = "source" }, Cancel));
    }

    [Fact]
    public async Task Fences_tell_where_elements_are_and_leave_out_those_that_ended()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());
        await ApplyAsync(worker, orders[0].Enqueue(Source), orders[1].Finish());

        IReadOnlyList<ElementFence> fences =
            await Store.Elements.FencesAsync([.. orders.Select(order => order.Key)], Cancel);

        Assert.Equal(
            [
                new ElementFence(orders[0].Key, 1, ElementState.Ready, null),
                new ElementFence(orders[2].Key, 0, ElementState.Owned, worker),
            ],
            fences.OrderBy(fence => fence.Key));
    }

    [Fact]
    public async Task Two_hops_of_one_element_in_one_commit_are_a_mistake_of_the_caller()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => CommitAsync(worker, order.Enqueue(Source), order.Finish()));

        Assert.Equal(ElementState.Owned, await StateAsync(order.Id));
    }

    [Fact]
    public async Task Arrival_in_a_queue_is_announced()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            () => ApplyAsync(worker, orders[0].Enqueue(Ship), orders[1].Enqueue(Ship)));

        Assert.Single(arrivals, Ship);
    }
}
