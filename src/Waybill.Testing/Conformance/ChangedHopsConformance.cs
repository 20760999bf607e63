using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>Changes of elements that a worker owns: its hops answer them.</summary>
public abstract class ChangedHopsConformance : ChangeConformance
{
    [Fact]
    public async Task A_hop_that_does_not_answer_writes_nothing_and_learns_what_is_pending()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId first = await RequestAsync(order.Id);
        ChangeId second = await RequestAsync(order.Id);
        long rows = await Store.Journal.CountAsync(Cancel);

        HopOutcome outcome = await CommitOneAsync(
            worker, order.Enqueue(Source) with { Writes = [Fixture.Add("n", 1)] });

        Assert.Equal(HopStatus.ChangePending, outcome.Status);
        Assert.Equal([first, second], outcome.Changes!.Select(mark => mark.Change));
        Assert.Equal(
            ("address", "[\"Oslo\"]", true),
            (outcome.Changes![0].Type, Text(outcome.Changes[0].Payload), outcome.Changes[0].IsConcerned));
        Assert.Equal(rows, await Store.Journal.CountAsync(Cancel));
        Assert.Null(await Fixture.ReadAsync("n"));
        Assert.Equal((ElementState.Owned, 0), (await StateAsync(order.Id), (await FindAsync(order.Id)).Summary.Hop));
    }

    [Fact]
    public async Task A_hop_answers_with_its_new_data()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(order.Id);

        await ApplyAsync(worker, order.Enqueue(Source) with
        {
            Data = Json("[2]"),
            Changes = [Answer(change, ChangeVerdict.Applies)],
        });

        ElementOutcome outcome = await OutcomeAsync(change, order.Id);
        Assert.Equal((ChangeOutcome.Applied, Source, 1), (outcome.Outcome, outcome.Node, outcome.Hop));
        Assert.Contains("Oslo", outcome.Difference, StringComparison.Ordinal);
        Assert.Equal("[2]", Text((await ClaimOneAsync(worker, Source)).Data));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.ChangeRequested, JournalKind.Moved, JournalKind.ChangeResolved],
            await KindsAsync(order.Id));
    }

    [Fact]
    public async Task A_hop_must_answer_exactly_what_is_pending()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId first = await RequestAsync(order.Id);
        ChangeId second = await RequestAsync(order.Id);
        Hop both = order.Enqueue(Source) with
        {
            Changes = [Answer(second, ChangeVerdict.Stays), Answer(first, ChangeVerdict.Rejects)],
        };

        await AssertPendingAsync(worker, both with { Changes = [both.Changes[0]] }, first, second);
        await Store.Changes.WithdrawAsync(first, Cancel);
        await AssertPendingAsync(worker, both, second);
        await Store.Changes.WithdrawAsync(second, Cancel);
        await AssertPendingAsync(worker, both);
        await ApplyAsync(worker, both with { Changes = [] });

        Assert.Equal(ChangeOutcome.CouldNotReach, (await OutcomeAsync(first, order.Id)).Outcome);
        Assert.Equal(ChangeOutcome.CouldNotReach, (await OutcomeAsync(second, order.Id)).Outcome);
    }

    [Fact]
    public async Task A_change_that_stays_follows_its_element_through_hand_overs_and_queues()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(order.Id);
        ChangeAnswer[] stays = [Answer(change, ChangeVerdict.Stays)];

        Hop toSource = order.HandOver(Source) with { Changes = stays };
        await ApplyAsync(worker, toSource);
        await AssertPendingAsync(worker, order.After(toSource).Enqueue(Ship), change);
        await ApplyAsync(worker, order.After(toSource).Enqueue(Ship) with { Changes = stays });
        Assert.Empty(await PendingAsync());
        ClaimedElement shipping = await ClaimOneAsync(worker, Ship);
        await ApplyAsync(worker, shipping.Enqueue(Source) with
        {
            Changes = [Answer(change, ChangeVerdict.ComesTooLate)],
        });

        ElementOutcome outcome = await OutcomeAsync(change, order.Id);
        Assert.Equal(
            (ChangeOutcome.TooLate, Source, 3, "it is on the van"),
            (outcome.Outcome, outcome.Node, outcome.Hop, outcome.Reason));
    }

    [Fact]
    public async Task What_is_pending_at_the_end_is_too_late()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());
        ChangeId[] changes = [await RequestAsync(orders[0].Id), await RequestAsync(orders[1].Id)];

        await ApplyAsync(worker, orders[0].Finish(), orders[1].Sideline() with
        {
            Changes = [Answer(changes[1], ChangeVerdict.Stays)],
        });
        await ActAsync((await FindSidelinedAsync(orders[1].Id)).Drop());

        ElementOutcome finished = await OutcomeAsync(changes[0], orders[0].Id);
        Assert.Equal(
            (ChangeOutcome.TooLate, Authorise, 1, null),
            (finished.Outcome, finished.Node, finished.Hop, finished.Reason));
        Assert.Equal(ChangeOutcome.TooLate, (await OutcomeAsync(changes[1], orders[1].Id)).Outcome);
        Assert.Equal(
            [JournalKind.Finished, JournalKind.ChangeResolved], (await KindsAsync(orders[0].Id)).TakeLast(2));
    }

    [Fact]
    public async Task A_person_who_acts_on_a_sidelined_element_answers_too()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline());
        ChangeId change = await RequestAsync(order.Id);
        Hop retry = (await FindSidelinedAsync(order.Id)).Retry();

        Assert.Equal(HopStatus.ChangePending, await ActAsync(retry));
        Assert.Equal(
            HopStatus.Applied, await ActAsync(retry with { Changes = [Answer(change, ChangeVerdict.Applies)] }));

        Assert.Equal(ChangeOutcome.Applied, (await OutcomeAsync(change, order.Id)).Outcome);
    }

    [Fact]
    public async Task One_that_is_sidelined_with_another_key_stands_last_in_the_line_of_that()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement moved = await StartOneAsync(worker, New(line: "ann"));
        NewElement[] others = [New(line: "ann"), New(line: "bob"), New(line: "bob")];
        await AcceptAsync(others[0], others[1]);

        await ApplyAsync(worker, moved.Sideline(slot: new QueueSlot(Authorise, 0, "bob")));
        await AcceptAsync(others[2]);
        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker);
        await ApplyAsync(worker, [.. claimed.Select(one => one.Finish())]);

        Assert.Equal([others[0].Id, others[1].Id], claimed.Select(one => one.Id));
        Assert.Equal(ElementState.Sidelined, await StateAsync(moved.Id));
        Assert.Equal(ElementState.Blocked, await StateAsync(others[2].Id));
    }

    [Theory]
    [InlineData(ChangeVerdict.Stays, true, true)]
    [InlineData(ChangeVerdict.Applies, true, true)]
    [InlineData(ChangeVerdict.Rejects, true, false)]
    [InlineData(ChangeVerdict.ComesTooLate, true, false)]
    [InlineData(ChangeVerdict.Stays, false, false)]
    [InlineData(ChangeVerdict.Applies, false, false)]
    [InlineData(ChangeVerdict.AppliesAndSpreads, false, true)]
    [InlineData(ChangeVerdict.Spreads, false, true)]
    public async Task What_a_hop_calls_gets_what_it_leaves_pending_or_passes_on(
        ChangeVerdict verdict, bool spreads, bool reaches)
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(NewRequest(order.Id) with { Spreads = spreads });
        NewElement[] parts = [New(at: Charge), New(at: Wave)];

        await ApplyAsync(worker, order.Call(Ship, parts) with { Changes = [Answer(change, verdict)] });

        Assert.Equal(reaches ? [parts[0].Id, parts[1].Id] : [], await PendingAtAsync());
        ChangeRecord record = await RecordAsync(change);
        Assert.Equal(reaches, record.Outcomes.Any(outcome => outcome.Element == parts[0].Id));
        Assert.Equal(
            verdict != ChangeVerdict.Spreads, record.Outcomes.Any(outcome => outcome.Element == order.Id));
        Assert.DoesNotContain(record.Outcomes, outcome => outcome.Element == parts[1].Id);
    }

    [Fact]
    public async Task What_is_not_concerned_only_carries_a_change_on()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(NewRequest(order.Id) with { Concerned = ["payments:1"] });
        HopOutcome found = await CommitOneAsync(worker, order.Enqueue(Source));
        Assert.False(Assert.Single(found.Changes!).IsConcerned);
        NewElement part = New(at: Charge);

        await ApplyAsync(worker, order.Call(Ship, part) with { Changes = [Answer(change, ChangeVerdict.Stays)] });
        Assert.Equal([(part.Id, ChangeOutcome.Pending)], await OutcomesAsync(change));
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Ship)).Finish());

        Assert.Equal([(part.Id, ChangeOutcome.TooLate)], await OutcomesAsync(change));
        Assert.DoesNotContain(JournalKind.ChangeResolved, await KindsAsync(order.Id));
    }

    [Fact]
    public async Task What_is_called_past_the_point_of_no_return_is_too_late_at_once()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(NewRequest(order.Id) with { PastReturn = [Authorise, Charge] });
        Assert.Equal([(order.Id, ChangeOutcome.Pending)], await OutcomesAsync(change));
        NewElement part = New(at: Charge);

        await ApplyAsync(worker, order.Call(Ship, part) with { Changes = [Answer(change, ChangeVerdict.Stays)] });

        Assert.Equal(
            [(order.Id, ChangeOutcome.Pending), (part.Id, ChangeOutcome.TooLate)], await OutcomesAsync(change));
    }

    [Fact]
    public async Task A_cancel_is_reported_before_changes()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(order.Id);
        await RequestCancelAsync(order.Id);

        Assert.Equal(HopStatus.CancelPending, (await CommitOneAsync(worker, order.Enqueue(Source))).Status);
        await AssertPendingAsync(worker, order.Enqueue(Ship) with { Cancel = CancelStance.CarriesOut }, change);
        await ApplyAsync(worker, order.Enqueue(Ship) with
        {
            Cancel = CancelStance.CarriesOut,
            Changes = [Answer(change, ChangeVerdict.Stays)],
        });

        Assert.Equal(ChangeOutcome.Pending, (await OutcomeAsync(change, order.Id)).Outcome);
    }

    [Fact]
    public async Task A_hop_that_is_not_applied_leaves_the_change_pending()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId change = await RequestAsync(order.Id);

        HopOutcome outcome = await CommitOneAsync(worker, order.Enqueue(Source) with
        {
            Changes = [Answer(change, ChangeVerdict.Applies)],
            Writes = [Fixture.Refuse()],
        });

        Assert.Equal(HopStatus.WriteFailed, outcome.Status);
        Assert.Equal(ChangeOutcome.Pending, (await OutcomeAsync(change, order.Id)).Outcome);
        await AssertPendingAsync(worker, order.Enqueue(Source), change);
    }
}
