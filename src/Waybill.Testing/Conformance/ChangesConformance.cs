using System.Text.Json;
using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>Changes of elements that nobody owns.</summary>
public abstract class ChangesConformance : ChangeConformance
{
    [Fact]
    public async Task A_request_stands_in_the_ledger_and_is_pending_at_its_element()
    {
        NewElement order = New("order-7", data: "[1]");
        await AcceptAsync(order);

        ChangeId change = await RequestAsync(order.Id);

        PendingChange pending = Assert.Single(await PendingAsync());
        Assert.Equal(
            (change, "address", "[\"Oslo\"]", true),
            (pending.Change, pending.Type, Text(pending.Payload), pending.IsConcerned));
        Assert.Equal((order.Id, "[1]"), (pending.Element.Summary.Id, Text(pending.Element.Data)));
        ChangeRecord record = await RecordAsync(change);
        Assert.Equal(
            (change, "address", order.Id, "orders", "order-7", "[\"Oslo\"]", new Actor("ann", "moved house"), false),
            (record.Id, record.Type, record.Element, record.Workflow, record.BusinessKey, Text(record.Payload),
                record.Actor, record.HasEnded));
        AssertNear(Fixture.Now, record.RequestedAt);
        ElementOutcome outcome = Assert.Single(record.Outcomes);
        Assert.Equal(
            (order.Id, ChangeOutcome.Pending, Authorise, 0),
            (outcome.Element, outcome.Outcome, outcome.Node, outcome.Hop));
        JournalEntry entry = (await HistoryAsync(order.Id))[^1];
        Assert.Equal((JournalKind.ChangeRequested, 0, Authorise), (entry.Kind, entry.Hop, entry.Node));
        JsonElement detail = JsonDocument.Parse(entry.Detail!).RootElement;
        Assert.Equal(change.ToString(), detail.GetProperty("change").GetString());
        Assert.Equal("ann", detail.GetProperty("by").GetString());
        Assert.Equal("moved house", detail.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_repeated_request_changes_nothing_and_gets_the_same_answer()
    {
        NewElement order = New();
        await AcceptAsync(order);
        NewChange request = NewRequest(order.Id) with { Target = ElementRef.Of("orders", order.BusinessKey) };
        ChangeReceipt first = await Store.Changes.RequestAsync(request, Cancel);
        long rows = await Store.Journal.CountAsync(Cancel);

        ChangeReceipt second = await Store.Changes.RequestAsync(request, Cancel);

        Assert.Equal(new ChangeReceipt(ChangeReceiptStatus.Taken, order.Id), first);
        Assert.Equal(first, second);
        Assert.Equal(rows, await Store.Journal.CountAsync(Cancel));
        Assert.Single(await PendingAsync());
    }

    [Fact]
    public async Task What_has_ended_is_too_late_and_what_never_was_is_not_found()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));
        await ApplyAsync(worker, order.Finish());
        NewChange toNobody = NewRequest(NewId());

        ChangeId late = await RequestAsync(order.Id);

        ChangeRecord record = await RecordAsync(late);
        Assert.Equal((order.Id, "orders", "order-7"), (record.Element, record.Workflow, record.BusinessKey));
        ElementOutcome outcome = Assert.Single(record.Outcomes);
        Assert.Equal((ChangeOutcome.TooLate, null, 0), (outcome.Outcome, outcome.Node, outcome.Hop));
        Assert.Equal(JournalKind.Finished, (await KindsAsync(order.Id))[^1]);
        Assert.Equal(
            new ChangeReceipt(ChangeReceiptStatus.NotFound, null),
            await Store.Changes.RequestAsync(toNobody, Cancel));
        Assert.Null(await Store.Changes.FindAsync(toNobody.Id, Cancel));
    }

    [Fact]
    public async Task A_waiting_element_is_changed_together_with_its_outcome()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New();
        await AcceptAsync(order);
        ChangeId change = await RequestAsync(order.Id);
        PendingChange pending = Assert.Single(await PendingAsync());

        Assert.True(await ResolveAsync(Resolution(pending, ChangeVerdict.Applies)));
        Assert.False(await ResolveAsync(Resolution(pending, ChangeVerdict.Applies)));

        Assert.Empty(await PendingAsync());
        Assert.Equal(1, (await FindAsync(order.Id)).Revision);
        ElementOutcome outcome = await OutcomeAsync(change, order.Id);
        Assert.Equal((ChangeOutcome.Applied, Authorise, 0), (outcome.Outcome, outcome.Node, outcome.Hop));
        Assert.Contains("Rome", outcome.Difference, StringComparison.Ordinal);
        Assert.True((await RecordAsync(change)).HasEnded);
        JournalEntry entry = (await HistoryAsync(order.Id))[^1];
        Assert.Equal((JournalKind.ChangeResolved, 0, Authorise), (entry.Kind, entry.Hop, entry.Node));
        JsonElement detail = JsonDocument.Parse(entry.Detail!).RootElement;
        Assert.Equal(change.ToString(), detail.GetProperty("change").GetString());
        Assert.Equal("applied", detail.GetProperty("outcome").GetString());
        Assert.Equal("Oslo", detail.GetProperty("difference").GetProperty("to").GetProperty("city").GetString());
        ClaimedElement claimed = await ClaimOneAsync(worker);
        Assert.Equal((0, "[\"changed\"]"), (claimed.Hop, Text(claimed.Data)));
    }

    [Theory]
    [InlineData(ChangeVerdict.Rejects, ChangeOutcome.Rejected)]
    [InlineData(ChangeVerdict.ComesTooLate, ChangeOutcome.TooLate)]
    public async Task A_refusal_has_its_reason_and_leaves_the_data_alone(ChangeVerdict verdict, ChangeOutcome expected)
    {
        NewElement order = New(data: "[1]");
        await AcceptAsync(order);
        ChangeId change = await RequestAsync(order.Id);

        Assert.True(await ResolveAsync(Resolution(Assert.Single(await PendingAsync()), verdict)));

        ElementOutcome outcome = await OutcomeAsync(change, order.Id);
        Assert.Equal((expected, "it is on the van", null), (outcome.Outcome, outcome.Reason, outcome.Difference));
        ElementDetails found = await FindAsync(order.Id);
        Assert.Equal(("[1]", 0), (Text(found.Data), found.Revision));
        Assert.Empty(await PendingAsync());
    }

    [Fact]
    public async Task What_stays_is_not_asked_again_before_the_element_moves_or_is_changed()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New();
        await AcceptAsync(order);
        ChangeId first = await RequestAsync(order.Id);
        ChangeId second = await RequestAsync(order.Id);
        IReadOnlyList<PendingChange> both = await PendingAsync();
        Assert.Equal([first, second], both.Select(pending => pending.Change));

        Assert.True(await ResolveAsync(Resolution(both[0], ChangeVerdict.Stays)));
        Assert.Equal(second, Assert.Single(await PendingAsync()).Change);
        Assert.Empty(await PendingAsync(only: first));
        Assert.True(await ResolveAsync(Resolution(both[1], ChangeVerdict.Applies)));
        PendingChange again = Assert.Single(await PendingAsync());
        Assert.Equal((first, 1), (again.Change, again.Element.Revision));
        Assert.True(await ResolveAsync(Resolution(again, ChangeVerdict.Stays)));
        Assert.Empty(await PendingAsync());

        ClaimedElement claimed = await ClaimOneAsync(worker);
        await Store.Elements.ReleaseAsync(worker, [new Release(claimed.Key, 0, 0)], Cancel);
        Assert.Empty(await PendingAsync());
        Assert.Equal(ChangeOutcome.Pending, (await OutcomeAsync(first, order.Id)).Outcome);
    }

    [Fact]
    public async Task An_answer_is_lost_when_the_element_was_claimed_moved_or_changed()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New();
        await AcceptAsync(order);
        await RequestAsync(order.Id);
        ChangeResolution answer = Resolution(Assert.Single(await PendingAsync()), ChangeVerdict.Applies);

        Assert.False(await ResolveAsync(answer with { Hop = 1 }));
        Assert.False(await ResolveAsync(answer with { Revision = 1 }));
        ChangeId another = NewRequest(order.Id).Id;
        Assert.False(await ResolveAsync(answer with { Answer = answer.Answer with { Change = another } }));
        await ClaimOneAsync(worker);
        Assert.Empty(await PendingAsync());
        Assert.False(await ResolveAsync(answer));

        Assert.Equal("{}", Text((await FindAsync(order.Id)).Data));
    }

    [Fact]
    public async Task A_held_element_is_changed_with_its_row_and_a_member_of_a_batch_too()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment("air"), new Shipment("air"));
        ChangeId change = await RequestAsync(ids[0]);
        ChangeId later = await RequestAsync(ids[1]);
        IReadOnlyList<PendingChange> pending = await PendingAsync();
        Shipment moved = new("road", "Z");

        Assert.True(await ResolveAsync(Resolution(pending[0], ChangeVerdict.Applies) with
        {
            Data = moved.ToData(),
            Slot = new QueueSlot(Picklist, Held: moved.ToRow()),
        }));
        Assert.True(await ResolveAsync(Resolution(pending[1], ChangeVerdict.Stays)));
        await ReleaseAsync();

        Assert.Equal(ChangeOutcome.Applied, (await OutcomeAsync(change, ids[0])).Outcome);
        PendingChange inBatch = Assert.Single(await PendingAsync());
        Assert.Equal((later, Picked, 1), (inBatch.Change, inBatch.Element.Summary.Node, inBatch.Element.Summary.Hop));
        Assert.True(await ResolveAsync(Resolution(inBatch, ChangeVerdict.Applies)));
        Assert.Equal("road", Shipment.Read((await FindAsync(ids[0])).Data).Method);
        Assert.Equal("[\"changed\"]", Text((await FindAsync(ids[1])).Data));
    }

    [Theory]
    [InlineData(ChangeVerdict.Applies, true)]
    [InlineData(ChangeVerdict.Rejects, false)]
    public async Task What_readers_are_told_stands_in_the_row_of_a_change_that_is_applied(
        ChangeVerdict verdict, bool isTold)
    {
        NewElement order = New();
        await AcceptAsync(order);
        await RequestAsync(order.Id);

        Assert.True(await ResolveAsync(Resolution(Assert.Single(await PendingAsync()), verdict) with
        {
            Facts = """{"attributes":{"city":"Oslo"}}""",
        }));

        JournalEntry entry = (await HistoryAsync(order.Id))[^1];
        Assert.Equal((JournalKind.ChangeResolved, isTold), (entry.Kind, entry.Facts is not null));
    }

    [Fact]
    public async Task A_change_of_the_key_moves_an_element_to_the_end_of_the_other_line()
    {
        NewElement first = New(line: "ann");
        NewElement behind = New(line: "ann");
        NewElement other = New(line: "bob");
        await AcceptAsync(first, behind, other);
        await RequestAsync(first.Id);

        Assert.True(await ResolveAsync(Resolution(Assert.Single(await PendingAsync()), ChangeVerdict.Applies) with
        {
            Slot = new QueueSlot(Authorise, OrderKey: "bob"),
        }));

        Assert.Equal(
            [ElementState.Blocked, ElementState.Ready, ElementState.Ready],
            [await StateAsync(first.Id), await StateAsync(behind.Id), await StateAsync(other.Id)]);
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(worker);
        Assert.Equal([behind.Id, other.Id], claimed.Select(element => element.Id));
        await ApplyAsync(worker, claimed[1].Finish());
        Assert.Equal(first.Id, (await ClaimOneAsync(worker)).Id);
    }

    [Fact]
    public async Task A_change_of_the_rank_counts_at_once_but_does_not_hold_up_a_cancel()
    {
        NewElement first = New();
        NewElement second = New();
        NewElement cancelled = New();
        await AcceptAsync(first, second, cancelled);
        await RequestAsync(second.Id);
        await RequestAsync(cancelled.Id);
        await RequestCancelAsync(cancelled.Id);
        foreach (PendingChange pending in await PendingAsync())
        {
            int rank = pending.Element.Summary.Id == second.Id ? -5 : 5;
            Assert.True(await ResolveAsync(Resolution(pending, ChangeVerdict.Applies) with
            {
                Slot = new QueueSlot(Authorise, rank),
            }));
        }

        IReadOnlyList<ClaimedElement> claimed = await ClaimAsync(await RegisterAsync());

        Assert.Equal([cancelled.Id, second.Id, first.Id], claimed.Select(element => element.Id));
    }

    [Fact]
    public async Task A_change_can_move_a_held_element_to_another_group()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment("air"));
        await Fixture.AdvanceAsync(Hour);
        await RequestAsync(ids[0]);

        Assert.True(await ResolveAsync(Resolution(Assert.Single(await PendingAsync()), ChangeVerdict.Applies) with
        {
            Data = new Shipment("road").ToData(),
            Slot = new QueueSlot(Picklist, Held: new Shipment("road").ToRow()),
        }));

        HeldElement held = await FindHeldAsync(ids[0]);
        Assert.Equal(("road", 1), (held.Group, held.Revision));
        AssertNear(Fixture.Now, held.HeldAt);
    }

    [Fact]
    public async Task A_request_reaches_all_that_was_called_and_all_members_to_any_depth()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement part = New(at: Charge);
        NewElement held = NewHeld(new Shipment());
        await ApplyAsync(worker, order.Call(Ship, part, held));
        NewElement deep = New(at: Wave);
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Call(Charge, deep));
        ElementId batch = await ReleaseAsync();

        ChangeId ofOrder = await RequestAsync(order.Id);
        ChangeId ofBatch = await RequestAsync(batch);
        ChangeId ofOne = await RequestAsync(NewRequest(order.Id) with { Spreads = false });

        Assert.Equal(
            [(order.Id, ChangeOutcome.Pending), (part.Id, ChangeOutcome.Pending), (held.Id, ChangeOutcome.Pending)],
            await OutcomesAsync(ofOrder));
        Assert.Contains((await PendingAsync(ofOrder)).ToList(), pending =>
            pending.Element.Summary.Id == deep.Id && !pending.IsConcerned);
        Assert.Equal([(held.Id, ChangeOutcome.Pending)], await OutcomesAsync(ofBatch));
        Assert.Equal([(order.Id, ChangeOutcome.Pending)], await OutcomesAsync(ofOne));
        Assert.Equal(
            [order.Id, part.Id, held.Id, deep.Id],
            (await PendingAsync(ofOrder)).Select(pending => pending.Element.Summary.Id).Order());
    }

    [Fact]
    public async Task A_coordinator_passes_a_change_on_to_what_it_called()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement[] orders = [.. await StartAsync(worker, New(), New())];
        NewElement[] parts = [New(at: Charge), New(at: Charge)];
        await ApplyAsync(worker, orders[0].Call(Ship, parts[0]), orders[1].Call(Ship, parts[1]));
        ChangeId passedOn = await RequestAsync(NewRequest(orders[0].Id) with { Spreads = false });
        ChangeId applied = await RequestAsync(NewRequest(orders[1].Id) with { Spreads = false });
        IReadOnlyList<PendingChange> pending = await PendingAsync();
        Assert.Equal(2, pending.Count);

        Assert.True(await ResolveAsync(Resolution(pending[0], ChangeVerdict.Spreads)));
        Assert.True(await ResolveAsync(Resolution(pending[1], ChangeVerdict.AppliesAndSpreads)));

        Assert.Equal([(parts[0].Id, ChangeOutcome.Pending)], await OutcomesAsync(passedOn));
        Assert.Equal(
            [(orders[1].Id, ChangeOutcome.Applied), (parts[1].Id, ChangeOutcome.Pending)],
            await OutcomesAsync(applied));
        Assert.Equal(parts.Select(part => part.Id), await PendingAtAsync());
    }

    [Fact]
    public async Task What_waits_past_the_point_of_no_return_is_too_late_at_once()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement[] parts = [New(at: Charge), New(at: Authorise)];
        await ApplyAsync(worker, order.Call(Ship, parts));

        ChangeId change = await RequestAsync(NewRequest(order.Id) with { PastReturn = [Ship, Charge] });

        Assert.Equal(
            [
                (order.Id, ChangeOutcome.TooLate), (parts[0].Id, ChangeOutcome.TooLate),
                (parts[1].Id, ChangeOutcome.Pending),
            ],
            await OutcomesAsync(change));
        Assert.Equal([parts[1].Id], await PendingAtAsync());
        JournalEntry entry = (await HistoryAsync(parts[0].Id))[^1];
        Assert.Equal(JournalKind.ChangeResolved, entry.Kind);
        Assert.Contains("tooLate", entry.Detail, StringComparison.Ordinal);
    }
}
