using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>
/// Per-key order: at a node that asks for it, elements of one key run one after the other, in their order.
/// </summary>
public abstract class LinesConformance : StoreConformance
{
    [Fact]
    public async Task Later_elements_of_a_key_wait_behind_the_first()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement first = New(line: "ann");
        NewElement second = New(line: "ann");
        await AcceptAsync(first, second);

        ClaimedElement claimed = await ClaimOneAsync(worker);

        Assert.Equal((first.Id, true), (claimed.Id, claimed.InLine));
        Assert.Equal(ElementState.Blocked, await StateAsync(second.Id));
    }

    [Fact]
    public async Task Other_keys_and_elements_without_one_do_not_wait()
    {
        WorkerEpoch worker = await RegisterAsync();
        await AcceptAsync(New(line: "ann"), New(line: "bob"), New(), New(line: "ANN"));

        Assert.Equal(4, (await ClaimAsync(worker)).Count);
    }

    [Fact]
    public async Task Each_node_and_each_version_has_its_own_lines()
    {
        WorkerEpoch worker = await RegisterAsync();
        NodeAddress next = new("orders", 2, "authorise");
        await AcceptAsync(New(line: "ann"), New(line: "ann", at: Charge), New(line: "ann", at: next));

        IReadOnlyList<ClaimedElement> claimed = await Store.Elements.ClaimAsync(
            worker, [new ClaimRequest(Authorise, 9), new ClaimRequest(Charge, 9), new ClaimRequest(next, 9)], Cancel);

        Assert.Equal(3, claimed.Count);
    }

    [Fact]
    public async Task The_next_moves_up_when_the_first_goes_to_another_queue()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, NewElement third) = await StartLineAsync(worker);

        await ApplyAsync(worker, first.Enqueue(Source));

        Assert.Equal(ElementState.Ready, await StateAsync(second.Id));
        Assert.Equal(ElementState.Blocked, await StateAsync(third.Id));
    }

    [Fact]
    public async Task The_next_moves_up_when_the_first_is_handed_over()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);

        await ApplyAsync(worker, first.HandOver(Source));

        Assert.Equal(second.Id, (await ClaimOneAsync(worker)).Id);
    }

    [Fact]
    public async Task The_next_moves_up_when_the_first_ends()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(() => ApplyAsync(worker, first.Finish()));

        Assert.Single(arrivals, Authorise);
        Assert.Equal(second.Id, (await ClaimOneAsync(worker)).Id);
    }

    [Fact]
    public async Task A_whole_line_runs_one_by_one_in_its_order()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement[] line = [.. Enumerable.Range(0, 6).Select(_ => New(line: "ann"))];
        await AcceptAsync(line);

        List<ElementId> ran = [];
        while (await ClaimAsync(worker) is [ClaimedElement next])
        {
            ran.Add(next.Id);
            await ApplyAsync(worker, next.Finish());
        }

        Assert.Equal(line.Select(element => element.Id), ran);
    }

    [Fact]
    public async Task A_retry_keeps_its_place_and_those_behind_it_wait_out_its_backoff()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);
        await ApplyAsync(worker, first.Retry(Hour, line: "ann"));

        Assert.Empty(await ClaimAsync(worker));
        Assert.Equal(ElementState.Blocked, await StateAsync(second.Id));
        await Fixture.AdvanceAsync(2 * Hour);
        Assert.Equal(first.Id, (await ClaimOneAsync(worker)).Id);
    }

    [Fact]
    public async Task A_sidelined_element_holds_up_its_line_until_a_person_decides()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);
        await ApplyAsync(worker, first.Sideline());
        Assert.Empty(await ClaimAsync(worker));

        SidelinedElement listed = await FindSidelinedAsync(first.Id);
        Assert.Equal("ann", listed.OrderKey);
        Assert.Equal(HopStatus.Applied, await ActAsync(listed.Retry(line: listed.OrderKey)));

        Assert.Equal(first.Id, (await ClaimOneAsync(worker)).Id);
        Assert.Equal(ElementState.Blocked, await StateAsync(second.Id));
    }

    [Fact]
    public async Task Dropping_a_sidelined_element_frees_its_line()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);
        await ApplyAsync(worker, first.Sideline());

        await ActAsync((await FindSidelinedAsync(first.Id)).Drop());

        Assert.Equal(second.Id, (await ClaimOneAsync(worker)).Id);
    }

    [Fact]
    public async Task The_order_of_a_line_is_that_of_arrival_not_of_age()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());
        await ApplyAsync(worker, orders[1].Enqueue(Source, line: "ann"));
        await ApplyAsync(worker, orders[0].Enqueue(Source, line: "ann"));

        Assert.Equal(orders[1].Id, (await ClaimOneAsync(worker, Source)).Id);
        Assert.Equal(ElementState.Blocked, await StateAsync(orders[0].Id));
    }

    [Fact]
    public async Task Within_one_commit_the_order_of_a_line_is_that_of_the_hops()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());

        await ApplyAsync(
            worker,
            orders[2].Enqueue(Source, line: "ann"),
            orders[0].Enqueue(Source, line: "ann"),
            orders[1].Enqueue(Source, line: "ann"));

        Assert.Equal(ElementState.Ready, await StateAsync(orders[2].Id));
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Source)).Finish());
        Assert.Equal(orders[0].Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task One_can_leave_a_line_and_another_join_it_in_the_same_commit()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement newcomer = await StartOneAsync(worker, New());

        await ApplyAsync(worker, newcomer.Enqueue(Source, line: "ann"), first.Finish());

        Assert.Equal(newcomer.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task One_that_arrives_delayed_behind_another_waits_for_both_its_turn_and_its_time()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement second = await StartOneAsync(worker, New());
        await ApplyAsync(worker, second.Enqueue(Source, line: "ann", delay: 2 * Hour));
        Assert.Equal(ElementState.Blocked, await StateAsync(second.Id));

        await ApplyAsync(worker, first.Finish());

        Assert.Equal(ElementState.Delayed, await StateAsync(second.Id));
        Assert.Empty(await ClaimAsync(worker, Source));
        await Fixture.AdvanceAsync(3 * Hour);
        Assert.Equal(second.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task One_whose_time_came_while_it_was_blocked_is_ready_when_its_turn_comes()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement second = await StartOneAsync(worker, New());
        await ApplyAsync(worker, second.Enqueue(Source, line: "ann", delay: Hour));
        await Fixture.AdvanceAsync(2 * Hour);
        Assert.Empty(await ClaimAsync(worker, Source));

        await ApplyAsync(worker, first.Finish());

        Assert.Equal(ElementState.Ready, await StateAsync(second.Id));
    }

    [Fact]
    public async Task One_that_waits_for_a_signal_keeps_its_place_in_the_line()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement waiting = await StartOneAsync(worker);
        await ApplyAsync(worker, waiting.Await("paid", Source, line: "ann"));
        NewElement behind = New(at: Source, line: "ann");
        await AcceptAsync(behind);
        Assert.Equal(ElementState.Blocked, await StateAsync(behind.Id));

        await SignalAsync(waiting.Id, "paid");

        Assert.Equal(waiting.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task One_that_gets_its_signal_behind_another_waits_for_its_turn()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement waiting = await StartOneAsync(worker);
        await ApplyAsync(worker, waiting.Await("paid", Source, line: "ann"));
        Assert.Equal(ElementState.AwaitingSignal, await StateAsync(waiting.Id));

        await SignalAsync(waiting.Id, "paid");
        Assert.Equal(ElementState.Blocked, await StateAsync(waiting.Id));
        await ApplyAsync(worker, first.Finish());

        Assert.Single((await ClaimOneAsync(worker, Source)).Replies);
    }

    [Fact]
    public async Task One_whose_wait_ran_out_behind_another_waits_for_its_turn()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement waiting = await StartOneAsync(worker);
        await ApplyAsync(worker, waiting.Await("paid", Source, Fixture.Now + Hour, line: "ann"));
        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Empty(await ClaimAsync(worker, Source));
        Assert.Equal(ElementState.Blocked, await StateAsync(waiting.Id));
        await ApplyAsync(worker, first.Finish());
        Assert.Equal(ElementState.Ready, await StateAsync(waiting.Id));
    }

    [Fact]
    public async Task A_caller_keeps_its_place_in_the_line_at_which_it_goes_on()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(
            worker, caller.Call(JoinMode.All, new QueueSlot(Source, OrderKey: "ann"), New(at: Charge)));
        NewElement behind = New(at: Source, line: "ann");
        await AcceptAsync(behind);
        Assert.Equal(ElementState.Blocked, await StateAsync(behind.Id));

        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());

        Assert.Equal(caller.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task A_caller_that_is_answered_behind_another_waits_for_its_turn()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(
            worker, caller.Call(JoinMode.All, new QueueSlot(Source, OrderKey: "ann"), New(at: Charge)));

        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());
        Assert.Equal(ElementState.Blocked, await StateAsync(caller.Id));
        await ApplyAsync(worker, first.Finish());

        Assert.Equal(caller.Id, (await ClaimOneAsync(worker, Source)).Id);
    }

    [Fact]
    public async Task A_dead_workers_element_is_still_first_in_its_line()
    {
        WorkerEpoch dead = await RegisterAsync("dead");
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(dead);
        await Store.Workers.LeaveAsync(dead, Cancel);
        WorkerEpoch heir = await RegisterAsync("heir");
        Assert.Empty(await ClaimAsync(heir));

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Equal(first.Id, (await ClaimOneAsync(heir)).Id);
        Assert.Equal(ElementState.Blocked, await StateAsync(second.Id));
    }

    [Fact]
    public async Task One_that_changes_its_key_goes_to_the_end_of_the_other_line()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);
        ClaimedElement bob = await StartOneAsync(worker, New(line: "bob"));

        await ApplyAsync(worker, first.Enqueue(Authorise, line: "bob"));

        Assert.Equal(ElementState.Blocked, await StateAsync(first.Id));
        Assert.Equal(ElementState.Ready, await StateAsync(second.Id));
        await ApplyAsync(worker, bob.Finish());
        Assert.Equal(ElementState.Ready, await StateAsync(first.Id));
    }

    [Fact]
    public async Task One_that_goes_to_its_own_node_again_keeps_its_place()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);

        await ApplyAsync(worker, first.Enqueue(Authorise, line: "ann") with { LeavesLine = true });

        Assert.Equal(first.Id, (await ClaimOneAsync(worker)).Id);
        Assert.Equal(ElementState.Blocked, await StateAsync(second.Id));
    }

    [Fact]
    public async Task An_upgrade_takes_an_element_from_its_line_to_that_of_the_next_version()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement first, NewElement second, _) = await StartLineAsync(worker);
        NodeAddress next = new("orders", 2, "authorise");

        await ApplyAsync(worker, first.Enqueue(next, line: "ann") with { Arrives = false, LeavesLine = false });

        Assert.Equal(ElementState.Ready, await StateAsync(second.Id));
        Assert.True((await ClaimOneAsync(worker, next)).InLine);
    }

    [Fact]
    public async Task A_cancelled_element_does_not_wait_for_its_turn_because_it_will_not_run()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, NewElement second, NewElement third) = await StartLineAsync(worker);

        await RequestCancelAsync(second.Id);

        ClaimedElement cancelled = await ClaimOneAsync(worker);
        Assert.Equal((second.Id, true), (cancelled.Id, cancelled.CancelRequested));
        await ApplyAsync(worker, cancelled.Finish());
        Assert.Equal(ElementState.Blocked, await StateAsync(third.Id));
    }

    [Fact]
    public async Task Elements_that_join_and_leave_a_line_at_the_same_time_all_get_their_turn()
    {
        WorkerEpoch worker = await RegisterAsync();
        await AcceptAsync([.. Enumerable.Range(0, 15).Select(_ => New(at: Source, line: "ann"))]);
        IReadOnlyList<ClaimedElement> newcomers = await StartAsync(
            worker, [.. Enumerable.Range(0, 15).Select(_ => New())]);

        Task joining = Task.WhenAll(
            newcomers.Select(newcomer => ApplyAsync(worker, newcomer.Enqueue(Source, line: "ann"))));
        for (int ran = 0; ran < 30;)
        {
            bool allHaveJoined = joining.IsCompleted;
            IReadOnlyList<ClaimedElement> first = await ClaimAsync(worker, Source);
            Assert.True(first.Count == 1 || (first.Count == 0 && !allHaveJoined), $"{first.Count} were first.");
            await ApplyAsync(worker, [.. first.Select(next => next.Finish())]);
            ran += first.Count;
        }

        await joining;
        Assert.Equal(0, await Store.Directory.CountAsync(ElementFilter.All, Cancel));
    }

    private async Task<(ClaimedElement First, NewElement Second, NewElement Third)> StartLineAsync(WorkerEpoch worker)
    {
        NewElement second = New(line: "ann");
        NewElement third = New(line: "ann");
        ClaimedElement first = await StartOneAsync(worker, New(line: "ann"));
        await AcceptAsync(second, third);
        return (first, second, third);
    }
}
