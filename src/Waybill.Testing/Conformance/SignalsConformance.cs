using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class SignalsConformance : StoreConformance
{
    [Fact]
    public async Task A_signal_wakes_the_element_that_waits_for_it_and_brings_its_payload()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker);
        ElementDetails waiting = await FindAsync(order.Id);
        Assert.Equal((ElementState.AwaitingSignal, "paid"), (waiting.Summary.State, waiting.AwaitedSignal));

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            async () => Assert.True(await SignalAsync(order.Id, "paid", """{"sum":5}""")));

        Assert.Single(arrivals, Source);
        ClaimedElement woken = await ClaimOneAsync(worker, Source);
        Reply reply = Assert.Single(woken.Replies);
        Assert.Equal((0, Ending.Finished, """{"sum":5}"""), (reply.Slot, reply.Ending, Text(reply.Value)));
        Assert.Equal("paid", woken.AwaitedSignal);
    }

    [Fact]
    public async Task A_signal_that_comes_before_the_wait_is_kept_for_it()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        Assert.True(await SignalAsync(order.Id, "paid", "[1]"));

        await ApplyAsync(worker, order.Await("paid", Source));

        Assert.Equal("[1]", Text(Assert.Single((await ClaimOneAsync(worker, Source)).Replies).Value));
        Assert.Equal([JournalKind.Accepted, JournalKind.Waits, JournalKind.Signalled], await KindsAsync(order.Id));
    }

    [Fact]
    public async Task Kept_signals_are_taken_one_for_each_wait_the_oldest_first()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await SignalAsync(order.Id, "paid", "[1]");
        await SignalAsync(order.Id, "paid", "[2]");

        await ApplyAsync(worker, order.Await("paid", Source));
        ClaimedElement first = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, first.Await("paid", Ship));
        ClaimedElement second = await ClaimOneAsync(worker, Ship);
        await ApplyAsync(worker, second.Await("paid", Source));

        Assert.Equal(("[1]", "[2]"), (Text(first.Replies[0].Value), Text(second.Replies[0].Value)));
        Assert.Equal(ElementState.AwaitingSignal, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_signal_of_another_name_does_not_wake_and_is_kept()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker);

        Assert.True(await SignalAsync(order.Id, "packed", "[7]"));
        Assert.Equal(ElementState.AwaitingSignal, await StateAsync(order.Id));
        await SignalAsync(order.Id, "paid");
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Source)).Await("packed", Ship));

        Assert.Equal("[7]", Text(Assert.Single((await ClaimOneAsync(worker, Ship)).Replies).Value));
    }

    [Fact]
    public async Task Only_the_first_of_two_signals_answers_a_wait()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker);

        IReadOnlyList<bool> delivered = await Store.Elements.SignalAsync(
            [
                new SignalDelivery(ElementRef.Of(order.Id), "paid", Json("[1]")),
                new SignalDelivery(ElementRef.Of(order.Id), "paid", Json("[2]")),
            ],
            Cancel);

        Assert.Equal([true, true], delivered);
        Assert.Equal("[1]", Text(Assert.Single((await ClaimOneAsync(worker, Source)).Replies).Value));
    }

    [Fact]
    public async Task A_wait_that_runs_out_goes_on_without_a_reply_and_tells_what_it_waited_for()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker, Fixture.Now + Hour);
        Assert.Empty(await ClaimAsync(worker, Source));

        await Fixture.AdvanceAsync(2 * Hour);

        ClaimedElement timedOut = await ClaimOneAsync(worker, Source);
        Assert.Equal((order.Id, "paid", 0), (timedOut.Id, timedOut.AwaitedSignal, timedOut.Replies.Count));
    }

    [Fact]
    public async Task A_wait_that_was_answered_does_not_run_out()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker, Fixture.Now + Hour);
        await SignalAsync(order.Id, "paid");
        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Null((await FindAsync(order.Id)).Due);
        Assert.Single((await ClaimOneAsync(worker, Source)).Replies);
        Assert.Empty(await ClaimAsync(worker, Source));
    }

    [Fact]
    public async Task A_wait_without_an_end_lasts_until_its_signal()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker);
        await Fixture.AdvanceAsync(5000 * Hour);

        Assert.Empty(await ClaimAsync(worker, Source));

        Assert.Equal(ElementState.AwaitingSignal, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_signal_that_comes_after_the_wait_ran_out_is_kept_for_the_next_one()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartWaitAsync(worker, Fixture.Now + Hour);
        await Fixture.AdvanceAsync(2 * Hour);
        ClaimedElement timedOut = await ClaimOneAsync(worker, Source);

        Assert.True(await SignalAsync(order.Id, "paid", "[9]"));
        await ApplyAsync(worker, timedOut.Await("paid", Ship));

        Assert.Equal("[9]", Text(Assert.Single((await ClaimOneAsync(worker, Ship)).Replies).Value));
    }

    [Fact]
    public async Task A_signal_can_name_its_element_by_business_key()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));
        await ApplyAsync(worker, order.Await("paid", Source));

        IReadOnlyList<bool> delivered = await Store.Elements.SignalAsync(
            [
                new SignalDelivery(ElementRef.Of("orders", "order-7"), "paid", Json("{}")),
                new SignalDelivery(ElementRef.Of("orders", "order-8"), "paid", Json("{}")),
            ],
            Cancel);

        Assert.Equal([true, false], delivered);
        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_signal_to_one_that_ended_or_never_was_reaches_nobody()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Finish());

        Assert.False(await SignalAsync(order.Id, "paid"));
        Assert.False(await SignalAsync(NewId(), "paid"));
    }

    [Fact]
    public async Task Signals_that_a_hop_sends_are_delivered_with_it()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement waiting = await StartWaitAsync(worker);
        ClaimedElement sender = await StartOneAsync(worker);

        await ApplyAsync(worker, sender.Finish() with { Signals = [Paid(waiting.Id, "[3]"), Paid(NewId(), "{}")] });

        Assert.Equal("[3]", Text(Assert.Single((await ClaimOneAsync(worker, Source)).Replies).Value));
    }

    [Fact]
    public async Task Signals_of_a_lost_hop_are_not_sent()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement waiting = await StartWaitAsync(worker);
        ClaimedElement sender = await StartOneAsync(worker);

        await CommitAsync(worker, sender.Finish() with { From = 4, Signals = [Paid(waiting.Id, "{}")] });

        Assert.Equal(ElementState.AwaitingSignal, await StateAsync(waiting.Id));
    }

    [Fact]
    public async Task One_hop_can_signal_an_element_that_begins_to_wait_in_the_same_commit()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());

        await ApplyAsync(
            worker,
            orders[0].Enqueue(Ship) with { Signals = [Paid(orders[1].Id, "[4]")] },
            orders[1].Await("paid", Source));

        Assert.Equal("[4]", Text(Assert.Single((await ClaimOneAsync(worker, Source)).Replies).Value));
    }

    [Fact]
    public async Task What_a_retry_waited_for_is_known_to_its_next_run_too()
    {
        WorkerEpoch worker = await RegisterAsync();
        await StartWaitAsync(worker, Fixture.Now + Hour);
        await Fixture.AdvanceAsync(2 * Hour);
        ClaimedElement first = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, first.Retry(TimeSpan.Zero));

        ClaimedElement second = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, second.Enqueue(Ship));

        Assert.Equal("paid", second.AwaitedSignal);
        Assert.Null((await ClaimOneAsync(worker, Ship)).AwaitedSignal);
    }

    [Fact]
    public async Task What_an_edited_element_waited_for_is_known_to_its_next_run_too()
    {
        WorkerEpoch worker = await RegisterAsync();
        await StartWaitAsync(worker, Fixture.Now + Hour);
        await Fixture.AdvanceAsync(2 * Hour);
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Source)).Sideline());
        SidelinedElement sidelined = Assert.Single(
            (await Store.Sidelined.ListAsync(SidelinedFilter.All, new PageRequest(), Cancel)).Items);

        await Store.Sidelined.ActAsync([sidelined.Retry() with { Arrives = true }], Cancel);

        Assert.Equal("paid", (await ClaimOneAsync(worker, Source)).AwaitedSignal);
    }

    [Fact]
    public async Task What_it_waited_for_does_not_follow_an_element_that_is_handed_over()
    {
        WorkerEpoch worker = await RegisterAsync();
        await StartWaitAsync(worker, Fixture.Now + Hour);
        await Fixture.AdvanceAsync(2 * Hour);
        ClaimedElement timedOut = await ClaimOneAsync(worker, Source);
        Hop hop = timedOut.HandOver(Ship);
        await ApplyAsync(worker, hop);

        await ApplyAsync(worker, timedOut.After(hop).Retry(TimeSpan.Zero));

        Assert.Null((await ClaimOneAsync(worker, Ship)).AwaitedSignal);
    }

    [Fact]
    public async Task What_it_waited_for_does_not_follow_an_element_whose_worker_died_after_handing_it_over()
    {
        WorkerEpoch worker = await RegisterAsync();
        await StartWaitAsync(worker, Fixture.Now + Hour);
        await Fixture.AdvanceAsync(2 * Hour);
        ClaimedElement timedOut = await ClaimOneAsync(worker, Source);
        await ApplyAsync(worker, timedOut.HandOver(Ship));
        await Store.Workers.LeaveAsync(worker, Cancel);

        await Store.Workers.ReclaimAsync(100, Cancel);

        Assert.Null((await ClaimOneAsync(await RegisterAsync("heir"), Ship)).AwaitedSignal);
    }

    private async Task<ClaimedElement> StartWaitAsync(WorkerEpoch worker, DateTimeOffset? due = null)
    {
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Await("paid", Source, due));
        return order;
    }

    private static SignalDelivery Paid(ElementId target, string payload) =>
        new(ElementRef.Of(target), "paid", Json(payload));
}
