using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class HoldingConformance : HeldConformance
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_held_element_stands_in_the_table_and_cannot_be_claimed()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));

        await ApplyAsync(worker, Hold(order, new Shipment("air", "A", 12.5m, Noon)));

        Assert.Empty(await ClaimAsync(worker, Picklist));
        Assert.Equal(ElementState.Held, await StateAsync(order.Id));
        HeldElement held = Assert.Single((await ListAsync()).Items);
        Assert.Equal(
            (order.Key, order.Id, "order-7", 1, 0, "air"),
            (held.Key, held.Id, held.BusinessKey, held.Hop, held.Revision, held.Group));
        Assert.Equal([HeldValue.Of("A"), HeldValue.Of(12.5m), HeldValue.Of(Noon)], held.Values);
        AssertNear(Fixture.Now, held.HeldAt);
        Assert.Null(held.Caller);
        Assert.Equal([JournalKind.Accepted, JournalKind.Moved], await KindsAsync(order.Id));
    }

    [Fact]
    public async Task An_element_can_begin_its_travel_held()
    {
        ElementId id = (await HoldAsync(new Shipment(Zone: "A")))[0];

        Assert.Equal(ElementState.Held, await StateAsync(id));
        Assert.Equal(0, (await FindHeldAsync(id)).Hop);
        Assert.NotNull(await Store.Tickets.FindAsync(ElementRef.Of(id), Cancel));
    }

    [Fact]
    public async Task What_is_called_can_begin_held_and_knows_its_caller()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement part = NewHeld(new Shipment());

        await ApplyAsync(worker, order.Call(Ship, part));

        Assert.Equal(new CallerRef(order.Key, order.Id, 1, 0), (await FindHeldAsync(part.Id)).Caller);
    }

    [Fact]
    public async Task What_has_to_wait_first_is_held_by_its_next_hop()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, Hold(order, new Shipment(), delay: Hour));
        Assert.Equal(ElementState.Delayed, await StateAsync(order.Id));
        Assert.Empty((await ListAsync()).Items);

        await Fixture.AdvanceAsync(2 * Hour);
        ClaimedElement due = await ClaimOneAsync(worker, Picklist);
        await ApplyAsync(worker, Hold(due, new Shipment()) with { Arrives = false });

        Assert.Equal(2, (await FindHeldAsync(order.Id)).Hop);
    }

    [Fact]
    public async Task A_cancelled_element_leaves_the_table_and_is_ready_at_the_front()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment());
        WorkerEpoch worker = await RegisterAsync();

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            async () => Assert.Equal(CancelOutcome.Requested, await RequestCancelAsync(ids[1])));

        Assert.Single(arrivals, Picklist);
        Assert.Equal(ids[0], Assert.Single((await ListAsync()).Items).Id);
        ClaimedElement cancelled = await ClaimOneAsync(worker, Picklist);
        Assert.Equal((ids[1], true), (cancelled.Id, cancelled.CancelRequested));
    }

    [Fact]
    public async Task A_person_can_send_on_or_drop_what_is_held()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        NewElement[] parts = [NewHeld(new Shipment()), NewHeld(new Shipment())];
        await ApplyAsync(worker, order.Call(Ship, parts));
        HeldElement sentOn = await FindHeldAsync(parts[0].Id);
        HeldElement dropped = await FindHeldAsync(parts[1].Id);

        Hop toPacked = Act(sentOn, new Destination.Enqueue(new QueueSlot(Picked)), JournalKind.Resumed, "[1]");
        Assert.Equal(HopStatus.Applied, await ActOnHeldAsync(toPacked));
        Assert.Equal(HopStatus.Lost, await ActOnHeldAsync(toPacked));
        Assert.Equal(
            HopStatus.Applied,
            await ActOnHeldAsync(Act(
                dropped, new Destination.End(Ending.Dropped, default, "hopeless"), JournalKind.Dropped)));

        Assert.Empty((await ListAsync()).Items);
        ClaimedElement going = await ClaimOneAsync(worker, Picked);
        Assert.Equal((1, "[1]"), (going.Hop, Text(going.Data)));
        await ApplyAsync(worker, going.Finish());
        Assert.Equal(
            [Ending.Finished, Ending.Dropped],
            (await ClaimOneAsync(worker, Ship)).Replies.Select(reply => reply.Ending));
    }

    [Fact]
    public async Task A_decision_on_what_was_amended_meanwhile_is_lost()
    {
        ElementId id = (await HoldAsync(new Shipment()))[0];
        HeldElement seen = await FindHeldAsync(id);

        Assert.True(await AmendAsync(Amend(seen, new Shipment(Zone: "B"))));

        Assert.Equal(
            HopStatus.Lost,
            await ActOnHeldAsync(Act(seen, new Destination.Enqueue(new QueueSlot(Picked)), JournalKind.Resumed)));
        Assert.Equal(ElementState.Held, await StateAsync(id));
    }

    [Fact]
    public async Task A_held_element_is_amended_with_its_row()
    {
        ElementId id = (await HoldAsync(new Shipment("air", "A", 5)))[0];
        HeldElement before = await FindHeldAsync(id);
        Shipment heavier = new("air", "B", 6);
        await Fixture.AdvanceAsync(Hour);

        Assert.True(await AmendAsync(Amend(before, heavier)));

        HeldElement after = await FindHeldAsync(id);
        Assert.Equal((0, 1, "air"), (after.Hop, after.Revision, after.Group));
        Assert.Equal([HeldValue.Of("B"), HeldValue.Of(6), HeldValue.None], after.Values);
        AssertNear(Fixture.Now - Hour, after.HeldAt);
        ElementDetails details = await FindAsync(id);
        Assert.Equal((heavier, 1), (Shipment.Read(details.Data), details.Revision));
        JournalEntry entry = (await HistoryAsync(id))[^1];
        Assert.Equal((JournalKind.Amended, 0, Picklist), (entry.Kind, entry.Hop, entry.Node));
        Assert.Contains("ann", entry.Detail, StringComparison.Ordinal);
        Assert.False(await AmendAsync(Amend(before, heavier)));
    }

    [Fact]
    public async Task An_amendment_that_names_another_group_holds_anew()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment("air"), new Shipment("road"));
        await Fixture.AdvanceAsync(Hour);

        Assert.True(await AmendAsync(Amend(await FindHeldAsync(ids[0]), new Shipment("road")) with
        {
            Facts = """{"attributes":{"method":"road"}}""",
        }));

        HeldElement moved = await FindHeldAsync(ids[0]);
        Assert.Contains("road", (await HistoryAsync(ids[0]))[^1].Facts, StringComparison.Ordinal);
        Assert.Equal("road", moved.Group);
        AssertNear(Fixture.Now, moved.HeldAt);
        Assert.Equal([ids[1], ids[0]], (await ListAsync()).Items.Select(held => held.Id));
    }

    [Fact]
    public async Task An_amended_element_goes_on_behind_its_batch_with_its_new_rank()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment(), new Shipment());
        HeldElement last = await FindHeldAsync(ids[1]);
        Amendment amendment = Amend(last, new Shipment());

        Assert.True(await AmendAsync(amendment with { Slot = amendment.Slot! with { Rank = -1 } }));
        await ReleaseAsync();
        WorkerEpoch worker = await RegisterAsync();
        await EndBatchAsync(worker, Ending.Finished);

        Assert.Equal([ids[1], ids[0]], (await ClaimAsync(worker, Picked)).Select(element => element.Id));
    }

    [Fact]
    public async Task What_stands_elsewhere_is_amended_too_unless_somebody_owns_it()
    {
        await DeclareAsync();
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement owned = await StartOneAsync(worker);
        Amendment amendment = new()
        {
            Key = owned.Key,
            Id = owned.Id,
            Hop = 0,
            Revision = 0,
            Data = Json("[7]"),
        };

        Assert.False(await AmendAsync(amendment));
        await Store.Elements.ReleaseAsync(worker, [new Release(owned.Key, 0, 0)], Cancel);
        Assert.False(await AmendAsync(amendment with { Hop = 1 }));
        Assert.True(await AmendAsync(amendment));

        Assert.Equal("[7]", Text((await ClaimOneAsync(worker)).Data));
    }

    [Fact]
    public async Task Changed_columns_are_filled_from_what_is_held()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(
            new Shipment("air", "A", 5, Noon), new Shipment("road", "B"), new Shipment("air"));
        await Fixture.AdvanceAsync(Hour);
        HeldQueue changed = new(
            Picklist,
            [new HeldColumn("method", HeldType.Text), new HeldColumn("zone", HeldType.Text)],
            data => Shipment.Read(data) is var shipment
                ? new HeldRow(shipment.Method, [HeldValue.Of(shipment.Method), HeldValue.Of(shipment.Zone)])
                : null!);

        await Store.Held.DeclareAsync([changed], Cancel);
        await Store.Held.DeclareAsync([changed], Cancel);

        HeldPage page = await ListAsync(new HeldFilter
        {
            Where = [new HeldCondition("method", HeldComparison.Equal, HeldValue.Of("air"))],
        });
        Assert.Equal([ids[0], ids[2]], page.Items.Select(held => held.Id));
        Assert.Equal([HeldValue.Of("air"), HeldValue.Of("A")], page.Items[0].Values);
        AssertNear(Fixture.Now - Hour, page.Items[0].HeldAt);
        await Assert.ThrowsAsync<HeldQueryException>(() => ListAsync(page: new HeldPageRequest(SortBy: "weightGrams")));
    }

    [Fact]
    public async Task Two_queues_keep_what_they_hold_apart()
    {
        HeldQueue other = Shipment.Queue with { Node = new NodeAddress("payments", 1, "charging") };
        await Store.Held.DeclareAsync([Shipment.Queue, other], Cancel);
        NewElement charge = NewHeld(new Shipment("visa"));
        await AcceptAsync(
            NewHeld(new Shipment("air")),
            charge with { Slot = charge.Slot with { Node = other.Node } });

        Assert.Equal("air", Assert.Single((await ListAsync()).Items).Group);
        HeldPage charges = await Store.Held.ListAsync(other.Node, HeldFilter.All, new HeldPageRequest(), Cancel);
        Assert.Equal("visa", Assert.Single(charges.Items).Group);
    }
}
