using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class TicketsConformance : StoreConformance
{
    [Fact]
    public async Task A_ticket_is_found_by_id_and_by_key_while_its_element_is_in_flight()
    {
        NewElement order = New("order-7");
        await AcceptAsync(order);

        TicketRecord? byId = await Store.Tickets.FindAsync(ElementRef.Of(order.Id), Cancel);
        TicketRecord? byKey = await Store.Tickets.FindAsync(ElementRef.Of("orders", "order-7"), Cancel);

        Assert.Equal(
            (order.Id, "orders", "order-7", (Ending?)null, (DateTimeOffset?)null, (string?)null),
            (byId!.Id, byId.Workflow, byId.BusinessKey, byId.Ending, byId.EndedAt, byId.Reason));
        AssertNear(Fixture.Now, byId.AcceptedAt);
        Assert.Equal(byId.Id, byKey!.Id);
        Assert.Null(await Store.Tickets.FindAsync(ElementRef.Of("payments", "order-7"), Cancel));
        Assert.Null(await Store.Tickets.FindAsync(ElementRef.Of(NewId()), Cancel));
    }

    [Fact]
    public async Task A_ticket_stands_with_its_element_until_the_end()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));
        ElementRef byKey = ElementRef.Of("orders", "order-7");

        TicketStanding? running = await Store.Tickets.StandingAsync(ElementRef.Of(order.Id), Cancel);
        TicketStanding? sameByKey = await Store.Tickets.StandingAsync(byKey, Cancel);
        await ApplyAsync(worker, order.Finish("""{"shipped":true}"""));
        TicketStanding? ended = await Store.Tickets.StandingAsync(ElementRef.Of(order.Id), Cancel);

        Assert.Equal((order.Id, null), (running!.Ticket.Id, running.Ticket.Ending));
        Assert.Equal((order.Id, ElementState.Owned), (running.Element!.Id, running.Element.State));
        Assert.Equal(running, sameByKey);
        Assert.Equal((Ending.Finished, null), (ended!.Ticket.Ending, ended.Element));
        Assert.Equal("""{"shipped":true}""", Text(ended.Ticket.Result));
        Assert.Null(await Store.Tickets.StandingAsync(ElementRef.Of(NewId()), Cancel));
        Assert.Null(await Store.Tickets.StandingAsync(ElementRef.Of("payments", "order-7"), Cancel));
    }

    [Fact]
    public async Task A_ticket_keeps_the_result_after_the_end()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await Fixture.AdvanceAsync(Hour);

        await ApplyAsync(worker, order.Finish("""{"shipped":true}"""));

        TicketRecord? ticket = await Store.Tickets.FindAsync(ElementRef.Of(order.Id), Cancel);
        Assert.Equal(
            (Ending.Finished, """{"shipped":true}""", null), (ticket!.Ending, Text(ticket.Result), ticket.Reason));
        AssertNear(Hour, ticket.EndedAt!.Value - ticket.AcceptedAt);
    }

    [Fact]
    public async Task A_ticket_keeps_the_reason_when_there_is_no_result()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());

        await ApplyAsync(
            worker,
            orders[0].Fail("declined"),
            orders[1].To(new Destination.End(Ending.Cancelled, default, "on request"), JournalKind.Cancelled));

        TicketRecord? failed = await Store.Tickets.FindAsync(ElementRef.Of(orders[0].Id), Cancel);
        TicketRecord? cancelled = await Store.Tickets.FindAsync(ElementRef.Of(orders[1].Id), Cancel);
        Assert.Equal((Ending.Failed, "declined", true), (failed!.Ending, failed.Reason, failed.Result.IsEmpty));
        Assert.Equal((Ending.Cancelled, "on request"), (cancelled!.Ending, cancelled.Reason));
    }

    [Fact]
    public async Task Tickets_are_listed_by_filter_with_a_count()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New(), New(at: Charge));
        await ApplyAsync(worker, orders[0].Finish(), orders[1].Fail(), orders[3].Finish());

        await AssertListedAsync(TicketFilter.All, orders[0], orders[1], orders[2], orders[3]);
        await AssertListedAsync(new TicketFilter { Workflow = "orders" }, orders[0], orders[1], orders[2]);
        await AssertListedAsync(new TicketFilter { HasEnded = true }, orders[0], orders[1], orders[3]);
        await AssertListedAsync(new TicketFilter { HasEnded = false }, orders[2]);
        await AssertListedAsync(new TicketFilter { Ending = Ending.Finished }, orders[0], orders[3]);
        await AssertListedAsync(new TicketFilter { Ending = Ending.Failed, Workflow = "orders" }, orders[1]);
        await AssertListedAsync(new TicketFilter { Ending = Ending.Dropped });
    }

    [Fact]
    public async Task Pages_of_tickets_cover_all_once_oldest_first()
    {
        NewElement[] orders = [New(), New(), New(), New(), New()];
        await AcceptAsync(orders);
        List<ElementId> seen = [];

        for (PageRequest? page = new(Size: 2); page is not null;)
        {
            Page<TicketRecord> part = await Store.Tickets.ListAsync(TicketFilter.All, page, Cancel);
            seen.AddRange(part.Items.Select(ticket => ticket.Id));
            page = part.Next is { } next ? new PageRequest(2, next) : null;
        }

        Assert.Equal(orders.Select(order => order.Id), seen);
    }

    [Fact]
    public async Task Only_tickets_that_ended_before_the_instant_are_purged()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());
        await ApplyAsync(worker, orders[0].Finish());
        await Fixture.AdvanceAsync(2 * Hour);
        await ApplyAsync(worker, orders[1].Finish());

        Assert.Equal(1, await Store.Tickets.PurgeAsync(Fixture.Now - Hour, 100, Cancel));

        await AssertListedAsync(TicketFilter.All, orders[1], orders[2]);
    }

    [Fact]
    public async Task Tickets_are_purged_in_portions()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());
        await ApplyAsync(worker, [.. orders.Select(order => order.Finish())]);
        DateTimeOffset later = Fixture.Now + Hour;

        Assert.Equal(2, await Store.Tickets.PurgeAsync(later, 2, Cancel));
        Assert.Equal(1, await Store.Tickets.PurgeAsync(later, 2, Cancel));
        Assert.Equal(0, await Store.Tickets.PurgeAsync(later, 2, Cancel));
    }

    [Fact]
    public async Task The_key_of_a_purged_ticket_can_be_used_again()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker, New("order-7"));
        await ApplyAsync(worker, order.Finish());
        await Store.Tickets.PurgeAsync(Fixture.Now + Hour, 100, Cancel);

        Acceptance again = Assert.Single(await AcceptAsync(New("order-7")));

        Assert.True(again.IsNew);
        Assert.Null(await Store.Tickets.FindAsync(ElementRef.Of(order.Id), Cancel));
        Assert.Equal(CancelOutcome.NotFound, await RequestCancelAsync(order.Id));
    }

    private async Task AssertListedAsync(TicketFilter filter, params ClaimedElement[] expected)
    {
        Page<TicketRecord> page = await Store.Tickets.ListAsync(filter, new PageRequest(), Cancel);
        Assert.Equal(expected.Select(order => order.Id), page.Items.Select(ticket => ticket.Id));
        Assert.Null(page.Next);
        Assert.Equal(expected.Length, await Store.Tickets.CountAsync(filter, Cancel));
    }
}
