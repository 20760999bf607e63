using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class CancellingConformance : StoreConformance
{
    [Fact]
    public async Task A_join_that_gives_up_cancels_also_what_is_called_in_the_same_commit()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement[] parts = [New(at: Charge), New(at: Charge)];
        await ApplyAsync(worker, order.Call(JoinMode.AllOrFirstFailure, new QueueSlot(Source), parts));
        IReadOnlyList<ClaimedElement> charging = await ClaimAsync(worker, Charge);
        NewElement deep = New(at: Ship);

        await ApplyAsync(worker, charging[0].Call(Charge, deep), charging[1].Fail());

        Assert.True((await FindAsync(parts[0].Id)).Summary.CancelRequested);
        Assert.True((await ClaimOneAsync(worker, Ship)).CancelRequested);
    }

    [Fact]
    public async Task A_ready_element_goes_to_the_front_of_its_queue_with_the_request()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement urgent = New(rank: -100);
        NewElement order = New();
        await AcceptAsync(urgent, order);

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            async () => Assert.Equal(CancelOutcome.Requested, await RequestCancelAsync(order.Id)));

        Assert.Single(arrivals, Authorise);
        Assert.True((await FindAsync(order.Id)).Summary.CancelRequested);
        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker);
        Assert.Equal(
            [(order.Id, true), (urgent.Id, false)], claimed.Select(element => (element.Id, element.CancelRequested)));
    }

    [Fact]
    public async Task A_delayed_element_does_not_wait_any_longer()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source, delay: Hour));

        await RequestCancelAsync(order.Id);

        Assert.Null((await FindAsync(order.Id)).Due);
        Assert.True((await ClaimOneAsync(worker, Source)).CancelRequested);
    }

    [Fact]
    public async Task One_that_waits_for_a_signal_does_not_wait_any_longer()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Await("paid", Source, Fixture.Now + Hour));

        await RequestCancelAsync(order.Id);

        ClaimedElement claimed = await ClaimOneAsync(worker, Source);
        Assert.True(claimed.CancelRequested);
        Assert.Empty(claimed.Replies);
    }

    [Fact]
    public async Task A_sidelined_element_comes_back_to_be_cancelled()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline());

        await RequestCancelAsync(order.Id);

        Assert.Equal(0, await Store.Sidelined.CountAsync(SidelinedFilter.All, Cancel));
        Assert.True((await ClaimOneAsync(worker)).CancelRequested);
    }

    [Fact]
    public async Task An_owned_element_cannot_move_on_before_the_cancel_is_taken_up()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        Assert.Equal(CancelOutcome.Requested, await RequestCancelAsync(order.Id));

        Assert.Equal(ElementState.Owned, await StateAsync(order.Id));
        Hop[] hops =
        [
            order.Enqueue(Source), order.HandOver(Source), order.Call(Source, New(at: Charge)),
            order.Await("paid", Source), order.Sideline(), order.Retry(Hour),
        ];
        foreach (Hop hop in hops)
            Assert.Equal([HopStatus.CancelPending], await CommitAsync(worker, hop));
        Assert.Equal(0, (await FindAsync(order.Id)).Summary.Hop);
        Assert.Equal([JournalKind.Accepted, JournalKind.CancelRequested], await KindsAsync(order.Id));
    }

    [Fact]
    public async Task A_cancel_that_comes_while_an_element_travels_in_memory_is_seen_at_its_next_hop()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        Hop hop = order.HandOver(Source);
        await ApplyAsync(worker, hop);

        await RequestCancelAsync(order.Id);

        Assert.Equal([HopStatus.CancelPending], await CommitAsync(worker, order.After(hop).Enqueue(Ship)));
    }

    [Fact]
    public async Task An_element_that_ends_does_so_in_spite_of_a_cancel()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await RequestCancelAsync(order.Id);

        await ApplyAsync(worker, order.Finish());

        Assert.Equal(Ending.Finished, (await Store.Tickets.FindAsync(ElementRef.Of(order.Id), Cancel))!.Ending);
    }

    [Fact]
    public async Task A_hop_that_may_pass_leaves_the_cancel_pending()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await RequestCancelAsync(order.Id);

        await ApplyAsync(worker, order.Retry(TimeSpan.Zero) with { Cancel = CancelStance.Passes });

        ClaimedElement again = await ClaimOneAsync(worker);
        Assert.True(again.CancelRequested);
        Assert.Equal([HopStatus.CancelPending], await CommitAsync(worker, again.Enqueue(Source)));
    }

    [Fact]
    public async Task A_hop_that_carries_the_cancel_out_settles_it_for_good()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await RequestCancelAsync(order.Id);
        await ApplyAsync(worker, order.Enqueue(Ship) with { Cancel = CancelStance.CarriesOut });

        Assert.Equal(CancelOutcome.AlreadyRequested, await RequestCancelAsync(order.Id));

        Assert.False((await FindAsync(order.Id)).Summary.CancelRequested);
        ClaimedElement undone = await ClaimOneAsync(worker, Ship);
        Assert.False(undone.CancelRequested);
        await ApplyAsync(worker, undone.Enqueue(Source));
    }

    [Fact]
    public async Task A_second_request_adds_nothing()
    {
        NewElement order = New();
        await AcceptAsync(order);

        IReadOnlyList<CancelOutcome> outcomes = await Store.Elements.CancelAsync(
            [new CancelRequest(ElementRef.Of(order.Id), null), new CancelRequest(ElementRef.Of(order.Id), null)],
            Cancel);

        Assert.Equal([CancelOutcome.Requested, CancelOutcome.AlreadyRequested], outcomes);
        Assert.Equal(CancelOutcome.AlreadyRequested, await RequestCancelAsync(order.Id));
        Assert.Single(await KindsAsync(order.Id), JournalKind.CancelRequested);
    }

    [Fact]
    public async Task Who_asked_and_why_is_journalled_at_the_present_hop()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source));

        await RequestCancelAsync(order.Id, """{"actor":"ann"}""");

        JournalEntry entry = (await HistoryAsync(order.Id))[^1];
        Assert.Equal((JournalKind.CancelRequested, 1, Source), (entry.Kind, entry.Hop, entry.Node));
        Assert.Equal("""{"actor":"ann"}""", entry.Detail);
    }

    [Fact]
    public async Task What_has_ended_is_too_late_and_what_never_was_is_not_found()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));
        await ApplyAsync(worker, order.Finish());

        IReadOnlyList<CancelOutcome> outcomes = await Store.Elements.CancelAsync(
            [
                new CancelRequest(ElementRef.Of(order.Id), null),
                new CancelRequest(ElementRef.Of("orders", "order-7"), null),
                new CancelRequest(ElementRef.Of(NewId()), null),
                new CancelRequest(ElementRef.Of("orders", "order-8"), null),
            ],
            Cancel);

        Assert.Equal(
            [CancelOutcome.TooLate, CancelOutcome.TooLate, CancelOutcome.NotFound, CancelOutcome.NotFound], outcomes);
    }

    [Fact]
    public async Task A_caller_is_marked_and_all_that_it_called_down_to_the_last_is_asked_to_cancel()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(worker, caller.Call(Source, New(at: Charge), New(at: Charge)));
        IReadOnlyList<ClaimedElement> called = await ClaimAsync(worker, Charge);
        NewElement grandchild = New(at: Ship);
        await ApplyAsync(worker, called[0].Call(Charge, grandchild));

        await RequestCancelAsync(caller.Id, """{"actor":"ann"}""");

        Assert.Equal(ElementState.Calling, await StateAsync(caller.Id));
        foreach (ElementId id in new[] { caller.Id, called[0].Id, called[1].Id, grandchild.Id })
        {
            Assert.True((await FindAsync(id)).Summary.CancelRequested);
            Assert.Equal("""{"actor":"ann"}""", (await HistoryAsync(id))[^1].Detail);
        }
    }

    [Fact]
    public async Task A_cancelled_caller_goes_on_when_what_it_called_has_returned()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(worker, caller.Call(Source, New(at: Charge)));
        await RequestCancelAsync(caller.Id);
        ClaimedElement called = await ClaimOneAsync(worker, Charge);

        await ApplyAsync(
            worker, called.To(new Destination.End(Ending.Cancelled, default, "on request"), JournalKind.Cancelled));

        ClaimedElement joined = await ClaimOneAsync(worker, Source);
        Assert.True(joined.CancelRequested);
        Assert.Equal((Ending.Cancelled, "on request"), (joined.Replies[0].Ending, joined.Replies[0].Reason));
    }

    [Fact]
    public async Task What_was_called_and_has_carried_its_cancel_out_is_not_asked_again()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(worker, caller.Call(Source, New(at: Charge)));
        ClaimedElement called = await ClaimOneAsync(worker, Charge);
        await RequestCancelAsync(called.Id);
        await ApplyAsync(worker, called.Enqueue(Ship) with { Cancel = CancelStance.CarriesOut });

        await RequestCancelAsync(caller.Id);

        Assert.Single(await KindsAsync(called.Id), JournalKind.CancelRequested);
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Ship)).Enqueue(Charge));
    }

    [Fact]
    public async Task A_called_element_can_be_cancelled_by_itself()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        NewElement called = New(at: Charge);
        await ApplyAsync(worker, caller.Call(Source, called));

        Assert.Equal(CancelOutcome.Requested, await RequestCancelAsync(called.Id));

        Assert.False((await FindAsync(caller.Id)).Summary.CancelRequested);
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());
        Assert.Equal(CancelOutcome.NotFound, await RequestCancelAsync(called.Id));
    }

    [Fact]
    public async Task A_blocked_element_with_replies_to_take_in_waits_for_its_turn()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement first = await StartOneAsync(worker, New(at: Source, line: "ann"));
        ClaimedElement waiting = await StartOneAsync(worker);
        await ApplyAsync(worker, waiting.Await("paid", Source, line: "ann"));
        await SignalAsync(waiting.Id, "paid");

        await RequestCancelAsync(waiting.Id);

        Assert.Equal(ElementState.Blocked, await StateAsync(waiting.Id));
        await ApplyAsync(worker, first.Finish());
        ClaimedElement claimed = await ClaimOneAsync(worker, Source);
        Assert.Equal((true, 1), (claimed.CancelRequested, claimed.Replies.Count));
    }

    [Fact]
    public async Task Replies_are_still_there_when_a_delayed_retry_is_cancelled()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Await("paid", Source));
        await SignalAsync(order.Id, "paid");
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Source)).Retry(Hour));

        await RequestCancelAsync(order.Id);

        ClaimedElement claimed = await ClaimOneAsync(worker, Source);
        Assert.Equal((true, 1), (claimed.CancelRequested, claimed.Replies.Count));
    }

    [Fact]
    public async Task A_cancel_and_a_commit_at_the_same_time_take_effect_one_after_the_other()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(
            worker, [.. Enumerable.Range(0, 20).Select(_ => New())]);

        Task<IReadOnlyList<HopStatus>>[] commits =
            [.. orders.Select(order => CommitAsync(worker, order.Enqueue(Source)))];
        CancelOutcome[] outcomes = await Task.WhenAll(orders.Select(order => RequestCancelAsync(order.Id)));
        await Task.WhenAll(commits);

        Assert.All(outcomes, outcome => Assert.Equal(CancelOutcome.Requested, outcome));
        foreach ((int index, ClaimedElement order) in orders.Index())
        {
            bool wasMoved = (await commits[index])[0] == HopStatus.Applied;
            ElementDetails found = await FindAsync(order.Id);
            Assert.True(found.Summary.CancelRequested);
            Assert.Equal(wasMoved ? ElementState.Ready : ElementState.Owned, found.Summary.State);
        }
    }
}
