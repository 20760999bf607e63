using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>Withdrawn requests, cancels in the ledger, and the ledger itself.</summary>
public abstract class ChangeLedgerConformance : ChangeConformance
{
    [Fact]
    public async Task A_withdrawn_request_is_never_applied()
    {
        NewElement[] orders = [New(), New()];
        await AcceptAsync(orders);
        ChangeId change = await RequestAsync(orders[0].Id);
        PendingChange pending = Assert.Single(await PendingAsync());

        ChangeRecord? withdrawn = await Store.Changes.WithdrawAsync(change, Cancel);

        ElementOutcome outcome = Assert.Single(withdrawn!.Outcomes);
        Assert.Equal((ChangeOutcome.CouldNotReach, Authorise, 0), (outcome.Outcome, outcome.Node, outcome.Hop));
        Assert.False(await ResolveAsync(Resolution(pending, ChangeVerdict.Applies)));
        Assert.Empty(await PendingAsync());
        Assert.Equal("{}", Text((await FindAsync(orders[0].Id)).Data));
        Assert.Contains("couldNotReach", (await HistoryAsync(orders[0].Id))[^1].Detail, StringComparison.Ordinal);
        Assert.Null(await Store.Changes.WithdrawAsync(NewRequest(orders[1].Id).Id, Cancel));
    }

    [Fact]
    public async Task What_was_answered_before_a_withdrawal_stays_answered()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement part = New(at: Charge);
        await ApplyAsync(worker, order.Call(Ship, part));
        ChangeId change = await RequestAsync(order.Id);
        Assert.True(await ResolveAsync(Resolution((await PendingAsync())[0], ChangeVerdict.Applies)));

        ChangeRecord? record = await Store.Changes.WithdrawAsync(change, Cancel);

        Assert.True(record!.HasEnded);
        Assert.Equal(
            [(order.Id, ChangeOutcome.Applied), (part.Id, ChangeOutcome.CouldNotReach)], await OutcomesAsync(change));
    }

    [Fact]
    public async Task A_request_whose_time_ran_out_is_withdrawn_by_whoever_looks_first()
    {
        NewElement order = New();
        await AcceptAsync(order);
        ChangeId bound = await RequestAsync(NewRequest(order.Id) with { Bound = Hour });
        ChangeId unbound = await RequestAsync(order.Id);
        Assert.Equal(2, (await PendingAsync()).Count);

        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Equal(unbound, Assert.Single(await PendingAsync(only: unbound)).Change);
        Assert.Equal(ChangeOutcome.CouldNotReach, (await OutcomeAsync(bound, order.Id)).Outcome);
    }

    [Fact]
    public async Task A_withdrawal_and_an_answer_that_race_leave_one_outcome_that_the_data_shows()
    {
        NewElement[] orders = [.. Enumerable.Range(0, 12).Select(_ => New())];
        await AcceptAsync(orders);
        foreach (NewElement order in orders)
            await RequestAsync(order.Id);

        foreach (PendingChange pending in await PendingAsync())
        {
            Task<bool> answer = Task.Run(() => ResolveAsync(Resolution(pending, ChangeVerdict.Applies)), Cancel);
            Task withdrawal = Task.Run(() => Store.Changes.WithdrawAsync(pending.Change, Cancel), Cancel);
            await Task.WhenAll(answer, withdrawal);

            bool isApplied = await answer;
            ElementId id = pending.Element.Summary.Id;
            Assert.Equal(
                isApplied ? ChangeOutcome.Applied : ChangeOutcome.CouldNotReach,
                (await OutcomeAsync(pending.Change, id)).Outcome);
            Assert.Equal(isApplied ? "[\"changed\"]" : "{}", Text((await FindAsync(id)).Data));
        }
    }

    [Fact]
    public async Task A_cancel_marks_like_any_cancel_and_is_applied_where_a_hop_carries_it_out()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement[] parts = [New(at: Charge), New(at: Wave)];
        await ApplyAsync(worker, order.Call(Ship, parts));
        ClaimedElement charging = await ClaimOneAsync(worker, Charge);

        ChangeId cancel = await RequestAsync(NewCancel(order.Id));

        Assert.Empty(await PendingAsync());
        Assert.True((await FindAsync(order.Id)).Summary.CancelRequested);
        Assert.Contains("moved house", (await HistoryAsync(parts[0].Id))[^1].Detail, StringComparison.Ordinal);
        Assert.Equal(JournalKind.CancelRequested, (await KindsAsync(parts[0].Id))[^1]);
        Assert.Equal(HopStatus.CancelPending, (await CommitOneAsync(worker, charging.Enqueue(Charge))).Status);
        await ApplyAsync(worker, charging.Enqueue(Charge) with { Cancel = CancelStance.CarriesOut });
        Destination.End end = new(Ending.Cancelled, default, "cancelled");
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Wave)).To(end, JournalKind.Cancelled) with
        {
            Cancel = CancelStance.CarriesOut,
        });
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Ship)).Finish());

        Assert.Equal(
            [
                (order.Id, ChangeOutcome.TooLate), (parts[0].Id, ChangeOutcome.Applied),
                (parts[1].Id, ChangeOutcome.Applied),
            ],
            await OutcomesAsync(cancel));
        ElementOutcome charged = await OutcomeAsync(cancel, parts[0].Id);
        Assert.Equal((Charge, 1), (charged.Node, charged.Hop));
        Assert.Equal(
            [JournalKind.ChangeRequested, JournalKind.CancelRequested],
            (await KindsAsync(order.Id)).Skip(2).Take(2));
    }

    [Fact]
    public async Task A_refused_cancel_is_too_late_and_the_work_goes_on_as_if_nobody_had_asked()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId cancel = await RequestAsync(NewCancel(order.Id));
        Assert.Equal(HopStatus.CancelPending, (await CommitOneAsync(worker, order.Enqueue(Source))).Status);

        await ApplyAsync(worker, order.Enqueue(Source) with { Cancel = CancelStance.Refuses });

        ElementOutcome outcome = await OutcomeAsync(cancel, order.Id);
        Assert.Equal((ChangeOutcome.TooLate, Source, 1), (outcome.Outcome, outcome.Node, outcome.Hop));
        ClaimedElement sourcing = await ClaimOneAsync(worker, Source);
        Assert.False(sourcing.CancelRequested);
        Assert.Equal(CancelOutcome.Requested, await RequestCancelAsync(order.Id));
    }

    [Fact]
    public async Task A_cancel_of_what_waits_past_the_point_of_no_return_is_too_late_at_once()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement[] parts = [New(at: Charge), New(at: Wave)];
        await ApplyAsync(worker, order.Call(Ship, parts));

        ChangeId ofParts = await RequestAsync(NewCancel(order.Id) with { PastReturn = [Charge] });
        ChangeId ofOrder = await RequestAsync(NewCancel(order.Id) with { PastReturn = [Ship] });

        Assert.Equal(
            [
                (order.Id, ChangeOutcome.Pending), (parts[0].Id, ChangeOutcome.TooLate),
                (parts[1].Id, ChangeOutcome.Pending),
            ],
            await OutcomesAsync(ofParts));
        Assert.False((await FindAsync(parts[0].Id)).Summary.CancelRequested);
        Assert.True((await FindAsync(parts[1].Id)).Summary.CancelRequested);
        Assert.Equal([(order.Id, ChangeOutcome.TooLate)], await OutcomesAsync(ofOrder));
    }

    [Fact]
    public async Task A_second_cancel_comes_to_the_same_as_the_first_and_neither_can_be_taken_back()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        ChangeId first = await RequestAsync(NewCancel(order.Id));
        ChangeId second = await RequestAsync(NewCancel(order.Id) with { Bound = Hour });
        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Empty(await PendingAsync());
        ChangeRecord? kept = await Store.Changes.WithdrawAsync(first, Cancel);
        await ApplyAsync(worker, order.Enqueue(Ship) with { Cancel = CancelStance.CarriesOut });

        Assert.False(kept!.HasEnded);
        Assert.Equal([(order.Id, ChangeOutcome.Applied)], await OutcomesAsync(first));
        Assert.Equal([(order.Id, ChangeOutcome.Applied)], await OutcomesAsync(second));
    }

    [Fact]
    public async Task The_ledger_is_listed_filtered_and_counted_and_outlives_the_elements()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New("order-1"), New("order-2"));
        ChangeId first = await RequestAsync(orders[0].Id);
        await ApplyAsync(worker, orders[0].Finish());
        await Fixture.AdvanceAsync(2 * Hour);
        ChangeId second = await RequestAsync(NewRequest(orders[1].Id) with { Type = "card" });
        ChangeId third = await RequestAsync(orders[1].Id);

        Assert.Equal([first, second, third], await ListedAsync(ChangeFilter.All));
        Assert.Equal([first], await ListedAsync(new ChangeFilter { Target = ElementRef.Of("orders", "order-1") }));
        Assert.Equal([second, third], await ListedAsync(new ChangeFilter { Target = ElementRef.Of(orders[1].Id) }));
        Assert.Equal([second, third], await ListedAsync(new ChangeFilter { Reached = orders[1].Id }));
        Assert.Equal([second], await ListedAsync(new ChangeFilter { Type = "card" }));
        Assert.Equal([first], await ListedAsync(new ChangeFilter { HasEnded = true }));
        Assert.Equal([second, third], await ListedAsync(new ChangeFilter { HasEnded = false }));
        Assert.Equal([second, third], await ListedAsync(new ChangeFilter { Since = Fixture.Now - Hour }));
        Assert.Equal(
            [third], await ListedAsync(new ChangeFilter { Type = "address", Since = Fixture.Now - Hour }));
        IReadOnlyDictionary<ChangeOutcome, long> counts = await Store.Changes.CountAsync(ChangeFilter.All, Cancel);
        Assert.Equal(2, counts.Count);
        Assert.Equal((1, 2), (counts[ChangeOutcome.TooLate], counts[ChangeOutcome.Pending]));
        counts = await Store.Changes.CountAsync(new ChangeFilter { Type = "card" }, Cancel);
        Assert.Equal(1, Assert.Single(counts).Value);
    }

    private async Task<IReadOnlyList<ChangeId>> ListedAsync(ChangeFilter filter)
    {
        List<ChangeId> ids = [];
        for (PageRequest? request = new(2); request is not null;)
        {
            Page<ChangeRecord> page = await Store.Changes.ListAsync(filter, request, Cancel);
            ids.AddRange(page.Items.Select(record => record.Id));
            request = page.Next is { } next ? new PageRequest(2, next) : null;
        }

        return ids;
    }
}
