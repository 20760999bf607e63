using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class CallsConformance : StoreConformance
{
    [Fact]
    public async Task A_caller_waits_and_what_it_called_is_ready()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);

        await ApplyAsync(worker, caller.Call(Source, New(at: Charge), New("pay-2", at: Charge, data: "[2]")));

        ElementDetails waiting = await FindAsync(caller.Id);
        Assert.Equal(
            (ElementState.Calling, Source, 1, 2),
            (waiting.Summary.State, waiting.Summary.Node, waiting.Summary.Hop, waiting.PendingCalls));
        ClaimedElement second = (await ClaimAsync(worker, Charge))[1];
        Assert.Equal(new CallerRef(caller.Key, caller.Id, Hop: 1, Slot: 1), second.Caller);
        Assert.Equal(("pay-2", "[2]", 0), (second.BusinessKey, Text(second.Data), second.Hop));
        Assert.Equal(caller.Id, (await FindAsync(second.Id)).Summary.Caller);
    }

    [Fact]
    public async Task Called_elements_have_no_ticket_and_share_keys_freely()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement submitted = New("pay", at: Charge);
        await AcceptAsync(submitted);
        ClaimedElement caller = await StartOneAsync(worker);
        NewElement called = New("pay", at: Charge);

        await ApplyAsync(worker, caller.Call(Source, called, New("pay", at: Charge)));

        Assert.Equal(3, (await ClaimAsync(worker, Charge)).Count);
        Assert.Null(await Store.Tickets.FindAsync(ElementRef.Of(called.Id), Cancel));
        Assert.Equal(submitted.Id, (await Store.Tickets.FindAsync(ElementRef.Of("payments", "pay"), Cancel))!.Id);
    }

    [Fact]
    public async Task A_caller_goes_on_when_all_have_returned_with_replies_in_the_order_of_its_calls()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 3);

        await ApplyAsync(worker, called[2].Finish("[3]"));
        await ApplyAsync(worker, called[0].Finish("[1]"));
        ElementDetails waiting = await FindAsync(caller.Id);
        Assert.Equal((ElementState.Calling, 1), (waiting.Summary.State, waiting.PendingCalls));
        await ApplyAsync(worker, called[1].Finish("[2]"));

        ClaimedElement joined = await ClaimOneAsync(worker, Source);
        Assert.Equal((caller.Id, 1, 1, 1), (joined.Id, joined.Hop, joined.ArrivedHop, joined.Attempt));
        Assert.Equal(
            [(0, Ending.Finished, "[1]"), (1, Ending.Finished, "[2]"), (2, Ending.Finished, "[3]")],
            joined.Replies.Select(reply => (reply.Slot, reply.Ending, Text(reply.Value))));
    }

    [Fact]
    public async Task All_can_return_in_one_commit()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 3);

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            () => ApplyAsync(worker, [.. called.Select(element => element.Finish())]));

        Assert.Single(arrivals, Source);
        Assert.Equal(3, (await ClaimOneAsync(worker, Source)).Replies.Count);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Called, JournalKind.Returned], await KindsAsync(caller.Id));
    }

    [Fact]
    public async Task A_caller_goes_on_once_when_all_return_at_the_same_time()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 12);

        await Task.WhenAll(called.Select(element => ApplyAsync(worker, element.Finish())));

        Assert.Equal(12, (await ClaimOneAsync(worker, Source)).Replies.Count);
        Assert.Single(await KindsAsync(caller.Id), JournalKind.Returned);
    }

    [Fact]
    public async Task A_join_of_all_waits_in_spite_of_a_failure_and_tells_of_it()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 2);

        await ApplyAsync(worker, called[0].Fail("card \"declined\" – 書"));
        Assert.Equal(ElementState.Calling, await StateAsync(caller.Id));
        await ApplyAsync(worker, called[1].Finish("[2]"));

        ClaimedElement joined = await ClaimOneAsync(worker, Source);
        Assert.Equal(
            [(Ending.Failed, "card \"declined\" – 書"), (Ending.Finished, null)],
            joined.Replies.Select(reply => (reply.Ending, reply.Reason)));
        Assert.True(joined.Replies[0].Value.IsEmpty);
    }

    [Fact]
    public async Task A_join_of_the_first_failure_goes_on_at_once_and_cancels_the_rest()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) =
            await StartCallsAsync(worker, 3, JoinMode.AllOrFirstFailure);
        await ApplyAsync(worker, called[0].Finish());

        await ApplyAsync(worker, called[1].Fail());

        ClaimedElement joined = await ClaimOneAsync(worker, Source);
        Assert.Equal((caller.Id, "0,1"), (joined.Id, string.Join(',', joined.Replies.Select(reply => reply.Slot))));
        Assert.True((await FindAsync(called[2].Id)).Summary.CancelRequested);
        Assert.Equal([HopStatus.CancelPending], await CommitAsync(worker, called[2].Enqueue(Ship)));
    }

    [Fact]
    public async Task A_join_of_the_first_failure_waits_for_all_when_none_fails()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) =
            await StartCallsAsync(worker, 2, JoinMode.AllOrFirstFailure);

        await ApplyAsync(worker, called[0].Finish());
        Assert.Equal(ElementState.Calling, await StateAsync(caller.Id));
        await ApplyAsync(worker, called[1].Finish());

        Assert.Equal(2, (await ClaimOneAsync(worker, Source)).Replies.Count);
    }

    [Fact]
    public async Task Of_two_failures_in_one_commit_the_first_resumes_the_caller_and_the_second_is_late()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) =
            await StartCallsAsync(worker, 3, JoinMode.AllOrFirstFailure);

        await ApplyAsync(worker, called[1].Fail("first"), called[0].Fail("second"));

        Assert.Equal("first", Assert.Single((await ClaimOneAsync(worker, Source)).Replies).Reason);
        Assert.Single(await KindsAsync(caller.Id), JournalKind.Returned);
    }

    [Fact]
    public async Task A_failure_that_resumes_the_caller_does_not_hold_back_hops_of_the_same_commit()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 2, JoinMode.AllOrFirstFailure);

        await ApplyAsync(worker, called[0].Fail(), called[1].Enqueue(Ship));

        ClaimedElement moved = await ClaimOneAsync(worker, Ship);
        Assert.True(moved.CancelRequested);
    }

    [Fact]
    public async Task What_a_commit_sidelines_and_cancels_does_not_wait_for_a_person()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 2, JoinMode.AllOrFirstFailure);

        await ApplyAsync(worker, called[0].Fail(), called[1].Sideline());

        Assert.Equal(ElementState.Ready, await StateAsync(called[1].Id));
        Assert.Equal(0, await Store.Sidelined.CountAsync(SidelinedFilter.All, Cancel));
    }

    [Fact]
    public async Task A_join_of_the_first_failure_leaves_alone_what_stands_past_the_point_of_no_return()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 4, JoinMode.AllOrFirstFailure);
        await ApplyAsync(
            worker, called[1].To(new Destination.Enqueue(new QueueSlot(Ship), Hour)), called[2].Sideline());

        await ApplyAsync(worker, called[0].Fail() with { PastCancel = [Ship, called[3].Node] });

        Assert.Equal(ElementState.Delayed, await StateAsync(called[1].Id));
        Assert.Equal(ElementState.Sidelined, await StateAsync(called[2].Id));
        Assert.False((await FindAsync(called[1].Id)).Summary.CancelRequested);
        Assert.Equal([HopStatus.CancelPending], await CommitAsync(worker, called[3].Enqueue(Ship)));
    }

    [Fact]
    public async Task A_late_reply_does_not_disturb_a_caller_that_has_gone_on_to_call_again()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 2, JoinMode.AllOrFirstFailure);
        await ApplyAsync(worker, called[0].Fail());
        ClaimedElement joined = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, joined.Call(Ship, New(at: Authorise)));

        await ApplyAsync(worker, called[1].Finish("[\"late\"]"));

        Assert.Equal(1, (await FindAsync(joined.Id)).PendingCalls);
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Authorise)).Finish("[\"right\"]"));
        Assert.Equal("[\"right\"]", Text(Assert.Single((await ClaimOneAsync(worker, Ship)).Replies).Value));
    }

    [Fact]
    public async Task The_end_of_one_whose_caller_is_gone_reaches_nobody()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 2, JoinMode.AllOrFirstFailure);
        await ApplyAsync(worker, called[0].Fail());
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Source)).Finish());

        await ApplyAsync(worker, called[1].Finish());

        Assert.Equal(0, await Store.Directory.CountAsync(ElementFilter.All, Cancel));
    }

    [Fact]
    public async Task Replies_are_there_for_every_run_until_a_hop_uses_them_up()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 1);
        await ApplyAsync(worker, called[0].Finish("[1]"));
        ClaimedElement first = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, first.Retry(TimeSpan.Zero));

        ClaimedElement second = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, second.Enqueue(Ship));

        Assert.Equal("[1]", Text(Assert.Single(second.Replies).Value));
        Assert.Empty((await ClaimOneAsync(worker, Ship)).Replies);
    }

    [Fact]
    public async Task Replies_survive_the_death_of_the_worker_that_had_claimed_them()
    {
        WorkerEpoch dead = await RegisterAsync("dead");
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(dead, 2);
        await ApplyAsync(dead, called[0].Finish(), called[1].Finish());
        await ClaimOneAsync(dead, Source);
        await Store.Workers.LeaveAsync(dead, Cancel);

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Equal(2, (await ClaimOneAsync(await RegisterAsync("heir"), Source)).Replies.Count);
    }

    [Fact]
    public async Task Replies_that_were_used_up_by_a_hand_over_do_not_come_back()
    {
        WorkerEpoch worker = await RegisterAsync();
        (_, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 1);
        await ApplyAsync(worker, called[0].Finish());
        ClaimedElement joined = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, joined.HandOver(Ship));

        await Store.Elements.ReleaseAsync(worker, [new Release(joined.Key, joined.Hop + 1, 0)], Cancel);

        Assert.Empty((await ClaimOneAsync(worker, Ship)).Replies);
    }

    [Fact]
    public async Task What_was_called_can_call_on()
    {
        WorkerEpoch worker = await RegisterAsync();
        (ClaimedElement caller, IReadOnlyList<ClaimedElement> called) = await StartCallsAsync(worker, 1);
        await ApplyAsync(worker, called[0].Call(Charge, New(at: Ship)));

        await ApplyAsync(worker, (await ClaimOneAsync(worker, Ship)).Finish("[1]"));
        ClaimedElement middle = await ClaimOneAsync(worker, Charge);
        Assert.Equal(ElementState.Calling, await StateAsync(caller.Id));
        await ApplyAsync(worker, middle.Finish("[2]"));

        Assert.Equal("[2]", Text(Assert.Single((await ClaimOneAsync(worker, Source)).Replies).Value));
    }

    [Fact]
    public async Task A_call_that_is_lost_calls_nothing()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);

        Assert.Equal(
            [HopStatus.Lost], await CommitAsync(worker, caller.Call(Source, New(at: Charge)) with { From = 3 }));

        Assert.Empty(await ClaimAsync(worker, Charge));
    }

    private async Task<(ClaimedElement Caller, IReadOnlyList<ClaimedElement> Called)> StartCallsAsync(
        WorkerEpoch worker, int count, JoinMode join = JoinMode.All)
    {
        ClaimedElement caller = await StartOneAsync(worker);
        NewElement[] called = [.. Enumerable.Range(0, count).Select(_ => New(at: Charge))];
        await ApplyAsync(worker, caller.Call(join, new QueueSlot(Source), called));
        return (caller, await ClaimAsync(worker, Charge));
    }
}
