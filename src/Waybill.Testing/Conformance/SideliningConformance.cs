using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class SideliningConformance : StoreConformance
{
    [Fact]
    public async Task A_sidelined_element_leaves_its_queue_and_is_listed_with_its_failure()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7", data: "[1]"));

        await ApplyAsync(worker, order.Sideline("no \"stock\" – 書", "Shop.StockException"));

        Assert.Empty(await ClaimAsync(worker));
        Assert.Equal(ElementState.Sidelined, await StateAsync(order.Id));
        SidelinedElement listed = await FindSidelinedAsync(order.Id);
        Assert.Equal(
            (order.Key, order.Id, "order-7", Authorise, 1, "[1]"),
            (listed.Key, listed.Id, listed.BusinessKey, listed.Node, listed.Hop, Text(listed.Data)));
        Assert.Equal(
            new Failure("Shop.StockException", "no \"stock\" – 書", "at Shop.Pick()", "authorise", 1),
            listed.Failure);
        AssertNear(Fixture.Now, listed.SidelinedAt);
        Assert.Null(listed.Caller);
    }

    [Fact]
    public async Task A_retried_element_runs_again_with_fresh_attempts_as_the_same_arrival()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline());

        IReadOnlyList<NodeAddress> arrivals = await ArrivalsAsync(
            async () => await ActAsync((await FindSidelinedAsync(order.Id)).Retry()));

        Assert.Single(arrivals, Authorise);
        ClaimedElement again = await ClaimOneAsync(worker);
        Assert.Equal((2, 0, 1), (again.Hop, again.ArrivedHop, again.Attempt));
        Assert.Equal(0, await Store.Sidelined.CountAsync(SidelinedFilter.All, Cancel));
    }

    [Fact]
    public async Task The_failure_that_an_element_had_brought_along_is_listed_beside_the_new_one()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());
        const string brought = """{"type":"Bank"}""";

        await ApplyAsync(worker, orders[0].Sideline("again") with { Failure = brought }, orders[1].Sideline());

        SidelinedElement listed = await FindSidelinedAsync(orders[0].Id);
        Assert.Equal(("again", brought), (listed.Failure.Message, listed.BroughtFailure));
        Assert.Null((await FindSidelinedAsync(orders[1].Id)).BroughtFailure);
    }

    [Fact]
    public async Task All_that_is_sidelined_was_so_by_the_present_of_the_store()
    {
        WorkerEpoch worker = await RegisterAsync();
        await ApplyAsync(worker, (await StartOneAsync(worker)).Sideline());

        DateTimeOffset now = await Store.NowAsync(Cancel);

        AssertNear(Fixture.Now, now);
        SidelinedFilter all = new() { SidelinedBefore = now.AddMicroseconds(1) };
        Assert.Equal(1, await Store.Sidelined.CountAsync(all, Cancel));
    }

    [Fact]
    public async Task An_edited_element_runs_again_with_its_new_data_as_a_new_arrival()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline());

        await ActAsync((await FindSidelinedAsync(order.Id)).Retry() with { Data = Json("[2]"), Arrives = true });

        ClaimedElement again = await ClaimOneAsync(worker);
        Assert.Equal((2, 2, "[2]"), (again.Hop, again.ArrivedHop, Text(again.Data)));
    }

    [Fact]
    public async Task A_dropped_element_ends_and_its_ticket_says_why()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline());

        await ActAsync((await FindSidelinedAsync(order.Id)).Drop());

        TicketRecord? ticket = await Store.Tickets.FindAsync(ElementRef.Of(order.Id), Cancel);
        Assert.Equal((Ending.Dropped, "hopeless"), (ticket!.Ending, ticket.Reason));
        Assert.False(await IsInFlightAsync(order.Id));
        Assert.Equal(JournalKind.Dropped, (await KindsAsync(order.Id))[^1]);
    }

    [Fact]
    public async Task A_dropped_element_answers_its_caller()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(worker, caller.Call(Source, New(at: Charge)));
        ClaimedElement called = await ClaimOneAsync(worker, Charge);
        await ApplyAsync(worker, called.Sideline());
        SidelinedElement listed = await FindSidelinedAsync(called.Id);
        Assert.Equal(called.Caller, listed.Caller);

        await ActAsync(listed.Drop());

        Reply reply = Assert.Single((await ClaimOneAsync(worker, Source)).Replies);
        Assert.Equal((Ending.Dropped, "hopeless"), (reply.Ending, reply.Reason));
    }

    [Fact]
    public async Task Of_two_decisions_about_one_element_the_second_is_lost()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline());
        SidelinedElement listed = await FindSidelinedAsync(order.Id);

        Assert.Equal(HopStatus.Applied, await ActAsync(listed.Retry()));
        Assert.Equal(HopStatus.Lost, await ActAsync(listed.Drop()));

        Assert.Equal(ElementState.Ready, await StateAsync(order.Id));
    }

    [Fact]
    public async Task A_decision_about_one_that_was_sidelined_anew_is_lost()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Sideline("first"));
        SidelinedElement old = await FindSidelinedAsync(order.Id);
        await ActAsync(old.Retry());
        await ApplyAsync(worker, (await ClaimOneAsync(worker)).Sideline("second"));

        Assert.Equal(HopStatus.Lost, await ActAsync(old.Drop()));

        Assert.Equal("second", (await FindSidelinedAsync(order.Id)).Failure.Message);
    }

    [Fact]
    public async Task Only_a_sidelined_element_can_be_decided_about()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        Assert.Equal(HopStatus.Lost, await ActAsync(order.Enqueue(Source)));
        await ApplyAsync(worker, order.Sideline());
        Assert.Equal([HopStatus.Lost], await CommitAsync(worker, order.Enqueue(Source) with { From = 1 }));

        Assert.Equal(ElementState.Sidelined, await StateAsync(order.Id));
    }

    [Fact]
    public async Task Many_are_decided_about_at_once_each_for_itself()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<SidelinedElement> listed = await SidelineAsync(worker, "a", "b", "c");

        IReadOnlyList<HopOutcome> outcomes = await Store.Sidelined.ActAsync(
            [listed[0].Retry(), listed[1].Retry() with { From = 9 }, listed[2].Drop()], Cancel);

        Assert.Equal(
            [HopStatus.Applied, HopStatus.Lost, HopStatus.Applied], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(listed[1].Id, Assert.Single(await ListAsync(SidelinedFilter.All)).Id);
    }

    [Fact]
    public async Task A_sidelined_element_cannot_be_handed_over()
    {
        WorkerEpoch worker = await RegisterAsync();
        SidelinedElement listed = (await SidelineAsync(worker, "a"))[0];

        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => ActAsync(listed.Act(new Destination.HandOver(Source), JournalKind.Moved)));

        Assert.Equal(ElementState.Sidelined, await StateAsync(listed.Id));
    }

    [Fact]
    public async Task Each_condition_of_a_filter_narrows_the_listing_and_the_count()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(at: Source), New(at: Charge));
        await ApplyAsync(worker, orders[0].Sideline("card 100% declined", "Shop.CardException"));
        await ApplyAsync(worker, orders[1].Sideline("card 1000 declined", "Shop.StockException"));
        await ApplyAsync(worker, orders[2].Sideline("Card_lost", "Shop.CardException"));

        await AssertListedAsync(new SidelinedFilter { Id = orders[1].Id }, orders[1]);
        await AssertListedAsync(new SidelinedFilter { Workflow = "orders" }, orders[0], orders[1]);
        await AssertListedAsync(new SidelinedFilter { Node = "source" }, orders[1]);
        await AssertListedAsync(new SidelinedFilter { FailureType = "Shop.CardException" }, orders[0], orders[2]);
        await AssertListedAsync(new SidelinedFilter { MessagePart = "declined" }, orders[0], orders[1]);
        await AssertListedAsync(new SidelinedFilter { MessagePart = "100%" }, orders[0]);
        await AssertListedAsync(new SidelinedFilter { MessagePart = "d_l" }, orders[2]);
        await AssertListedAsync(new SidelinedFilter { MessagePart = "card" }, orders[0], orders[1]);
        await AssertListedAsync(
            new SidelinedFilter { Workflow = "orders", FailureType = "Shop.CardException" }, orders[0]);
        await AssertListedAsync(new SidelinedFilter { FailureType = "Shop" });
    }

    [Fact]
    public async Task A_selection_can_be_frozen_at_an_instant()
    {
        WorkerEpoch worker = await RegisterAsync();
        SidelinedElement early = (await SidelineAsync(worker, "a"))[0];
        await Fixture.AdvanceAsync(2 * Hour);
        await SidelineAsync(worker, "b");

        IReadOnlyList<SidelinedElement> before = await ListAsync(
            new SidelinedFilter { SidelinedBefore = Fixture.Now - Hour });

        Assert.Equal(early.Id, Assert.Single(before).Id);
    }

    [Fact]
    public async Task Pages_cover_all_once_in_the_order_of_acceptance()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<SidelinedElement> listed = await SidelineAsync(worker, "a", "b", "c", "d", "e");
        List<ElementId> seen = [];

        for (PageRequest? page = new(Size: 2); page is not null;)
        {
            Page<SidelinedElement> part = await Store.Sidelined.ListAsync(SidelinedFilter.All, page, Cancel);
            seen.AddRange(part.Items.Select(element => element.Id));
            page = part.Next is { } next ? new PageRequest(2, next) : null;
        }

        Assert.Equal(listed.Select(element => element.Id), seen);
        Assert.Equal(5, await Store.Sidelined.CountAsync(SidelinedFilter.All, Cancel));
    }

    [Fact]
    public async Task Those_that_failed_alike_are_grouped_the_largest_group_first()
    {
        WorkerEpoch worker = await RegisterAsync();
        await SidelineAsync(worker, "no stock");
        await Fixture.AdvanceAsync(Hour);
        await SidelineAsync(worker, "declined", "no stock", "no stock");
        ClaimedElement elsewhere = await StartOneAsync(worker, New(at: Charge));
        await ApplyAsync(worker, elsewhere.Sideline("no stock"));

        IReadOnlyList<SidelinedGroup> groups = await Store.Sidelined.GroupAsync(SidelinedFilter.All, Cancel);

        Assert.Equal(3, groups.Count);
        Assert.Equal(
            (Authorise, "Shop.StockException", "no stock", 3L),
            (groups[0].Node, groups[0].FailureType, groups[0].Message, groups[0].Count));
        AssertNear(Hour, groups[0].LastAt - groups[0].FirstAt);
        Assert.Single(await Store.Sidelined.GroupAsync(new SidelinedFilter { Node = "charge" }, Cancel));
    }

    [Fact]
    public async Task Long_messages_are_grouped_by_their_first_200_characters()
    {
        WorkerEpoch worker = await RegisterAsync();
        string begin = new('x', 200);
        await SidelineAsync(worker, begin + " one", begin + " two");

        SidelinedGroup group = Assert.Single(await Store.Sidelined.GroupAsync(SidelinedFilter.All, Cancel));

        Assert.Equal((begin, 2), (group.Message, group.Count));
        Assert.Single(await ListAsync(new SidelinedFilter { MessagePart = "x two" }));
    }

    [Fact]
    public async Task Writes_and_signals_go_along_with_a_decision()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement waiting = await StartOneAsync(worker);
        await ApplyAsync(worker, waiting.Await("dropped", Ship));
        IReadOnlyList<SidelinedElement> listed = await SidelineAsync(worker, "a", "b");

        IReadOnlyList<HopOutcome> outcomes = await Store.Sidelined.ActAsync(
            [
                listed[0].Drop() with
                {
                    Writes = [Fixture.Put("freed", 1)],
                    Signals = [new SignalDelivery(ElementRef.Of(waiting.Id), "dropped", Json("{}"))],
                },
                listed[1].Drop() with { Writes = [Fixture.Refuse()] },
            ],
            Cancel);

        Assert.Equal([HopStatus.Applied, HopStatus.WriteFailed], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(1, await Fixture.ReadAsync("freed"));
        Assert.Equal(ElementState.Ready, await StateAsync(waiting.Id));
        Assert.Equal(ElementState.Sidelined, await StateAsync(listed[1].Id));
    }

    private async Task<IReadOnlyList<SidelinedElement>> SidelineAsync(WorkerEpoch worker, params string[] messages)
    {
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, [.. messages.Select(_ => New())]);
        await ApplyAsync(worker, [.. orders.Select((order, i) => order.Sideline(messages[i]))]);
        IReadOnlyList<SidelinedElement> listed = await ListAsync(SidelinedFilter.All);
        return [.. orders.Select(order => listed.Single(element => element.Id == order.Id))];
    }

    private async Task<IReadOnlyList<SidelinedElement>> ListAsync(SidelinedFilter filter) =>
        (await Store.Sidelined.ListAsync(filter, new PageRequest(), Cancel)).Items;

    private async Task AssertListedAsync(SidelinedFilter filter, params ClaimedElement[] expected)
    {
        Assert.Equal(expected.Select(order => order.Id), (await ListAsync(filter)).Select(element => element.Id));
        Assert.Equal(expected.Length, await Store.Sidelined.CountAsync(filter, Cancel));
    }
}
