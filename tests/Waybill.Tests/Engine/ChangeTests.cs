using System.Text;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Noting;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ChangeTests
{
    private readonly Gate gate = new();

    public static TheoryData<string> WaitingStates => ["ready", "delayed", "signal", "sidelined", "ordered"];

    public static TheoryData<string> NextHops => ["hand-over", "queue", "retry", "delay"];

    [Theory]
    [MemberData(nameof(WaitingStates))]
    public async Task One_that_waits_changes_at_once(string state)
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => state switch
                {
                    "delayed" => Route.Wait(Second, e.Data, TimeSpan.FromDays(1)),
                    "signal" => Route.WaitFor(Paid, Signalled, e.Data),
                    "sidelined" when e.Data.Note != "new" => throw new IOException(),
                    _ => Route.Finish(e.Data.Note),
                })
                .GoesTo(Second).WaitsFor(Paid, Signalled).Retry(0, Backoff.None).Finishes()
                .OrderedBy(p => state == "ordered" ? p.Note : null))
            .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
            .Node(Signalled, n => n.Run((e, _) => Route.Finish(e.Data.Note)).Finishes())
            .Notes([First, Second, Signalled]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        if (state is not ("ready" or "ordered"))
            await site.RunUntilQuietAsync();
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome outcome = await site.OutcomeAsync(ticket);
        await site.Client.SignalAsync(ElementRef.Of(id), Paid, 1);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal(ChangeOutcome.Applied, outcome.Outcome);
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
    }

    [Theory]
    [MemberData(nameof(NextHops))]
    public async Task One_that_runs_changes_at_its_next_hop(string next)
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(async (e, cancel) =>
                {
                    if (e.Attempt > 1)
                        return Route.To(Second, e.Data);
                    Route route = await gate.PassAsync(e, cancel);
                    return next == "retry" ? throw new IOException() : route;
                })
                .GoesTo(Second).Retry(1, Backoff.None))
            .Node(Second, n => n
                .Run(e => Route.Finish($"{e.Data.Note} {e.Data.Count}"))
                .Finishes()
                .OrderedBy(p => next == "queue" ? p.Note : null))
            .Notes([First, Second]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow, data: new Parcel("old", 7));
        await site.RunUntilQuietAsync();
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome before = await site.OutcomeAsync(ticket);
        gate.Open("1", next == "delay"
            ? Route.Wait(Second, new Parcel("old", 7), TimeSpan.FromMinutes(1))
            : Route.To(Second, new Parcel("old", 7)));
        await site.AdvanceAsync(TimeSpan.FromMinutes(2));
        ElementOutcome after = await site.OutcomeAsync(ticket);

        Assert.Equal(ChangeOutcome.Pending, before.Outcome);
        Assert.Equal((ChangeOutcome.Applied, 1), (after.Outcome, after.Hop));
        Assert.Equal(next == "retry" ? "first" : "second", after.Node?.Node);
        Assert.Equal("new 7", (await site.StatusAsync(flow)).Result);
        Assert.Equal(0, site.InFlight);
    }

    [Fact]
    public async Task One_whose_key_changes_waits_behind_those_of_its_new_key_and_holds_up_none_of_the_old()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.OrderedBy(p => p.Note)).Notes([First]);
        await using TestSite site = new(flow);

        ElementId moved = await site.SubmitAsync(flow, "moved", new Parcel("old"));
        await site.SubmitAsync(flow, "behind", new Parcel("old"));
        await site.SubmitAsync(flow, "first", new Parcel("new"));
        await site.NoteAsync(moved);
        await site.RunUntilQuietAsync();
        string[] before = [.. gate.Came];
        gate.Open("first");
        await site.RunUntilQuietAsync();

        Assert.Equal(["behind", "first"], before);
        Assert.Equal(["behind", "first", "moved"], gate.Came);
    }

    [Fact]
    public async Task One_that_is_sidelined_by_the_hop_that_changes_its_key_holds_up_those_of_the_new_key_only()
    {
        Workflow<Parcel, string> flow = Gated(gate, n => n.OrderedBy(p => p.Note).Retry(0, Backoff.None))
            .Notes([First]);
        await using TestSite site = new(flow);

        ElementId moved = await site.SubmitAsync(flow, "moved", new Parcel("old"));
        await site.SubmitAsync(flow, "old", new Parcel("old"));
        await site.RunUntilQuietAsync();
        ChangeTicket ticket = await site.NoteAsync(moved);
        gate.Take("moved").SetException(new IOException());
        await site.RunUntilQuietAsync();
        await site.SubmitAsync(flow, "new", new Parcel("new"));
        await site.RunUntilQuietAsync();

        Assert.Equal(ChangeOutcome.Applied, (await site.OutcomeAsync(ticket)).Outcome);
        Assert.Equal(ElementState.Sidelined, await site.StateAsync(moved));
        Assert.Equal(["moved", "old"], gate.Came);
    }

    [Fact]
    public async Task A_change_follows_until_a_node_accepts_it()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.To(Third, e.Data)).GoesTo(Third))
            .Node(Third, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
            .Notes([Third]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome before = await site.OutcomeAsync(ticket);
        await site.RunUntilQuietAsync();
        ElementOutcome after = await site.OutcomeAsync(ticket);

        Assert.Equal(ChangeOutcome.Pending, before.Outcome);
        Assert.Equal((ChangeOutcome.Applied, "third", 2), (after.Outcome, after.Node?.Node, after.Hop));
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Past_the_point_of_no_return_it_is_too_late(bool isWaiting)
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
            .Notes([First], Second);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        ChangeTicket? early = isWaiting ? null : await site.NoteAsync(id);
        gate.Open("1", Route.Wait(Second, new Parcel("old"), TimeSpan.FromDays(1)));
        await site.RunUntilQuietAsync();
        ElementOutcome outcome = await site.OutcomeAsync(early ?? await site.NoteAsync(id));
        await site.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal((ChangeOutcome.TooLate, "second"), (outcome.Outcome, outcome.Node?.Node));
        Assert.Equal("old", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task What_is_pending_when_the_element_ends_and_what_comes_later_is_too_late()
    {
        Workflow<Parcel, string> flow = Gated(gate).Notes([First]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        ChangeTicket pending = await site.NoteAsync(id);
        gate.OpenAll();
        await site.RunUntilQuietAsync();
        ChangeTicket late = await site.NoteAsync(id);
        ChangeTicket unknown = await site.NoteAsync(new ElementId(Guid.CreateVersion7()));

        Assert.Equal(ChangeOutcome.TooLate, (await site.OutcomeAsync(pending)).Outcome);
        Assert.Equal(ChangeOutcome.TooLate, (await site.OutcomeAsync(late)).Outcome);
        Assert.Equal(ChangeReceiptStatus.NotFound, unknown.Status);
        Assert.Null(await site.Client.Changes.FindAsync(unknown.Id));
    }

    [Fact]
    public async Task A_person_who_retries_a_sidelined_element_takes_its_pending_change_along()
    {
        bool isMended = false;
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => isMended ? Route.To(Second, e.Data) : throw new IOException())
                .GoesTo(Second).Retry(0, Backoff.None))
            .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
            .Notes([Second]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        ChangeTicket ticket = await site.NoteAsync(id);
        isMended = true;
        int retried = await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(1, retried);
        Assert.Equal(ChangeOutcome.Applied, (await site.OutcomeAsync(ticket)).Outcome);
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task An_element_of_an_older_version_gets_the_change_when_it_is_upgraded()
    {
        Workflow<Parcel, string> old = Flow()
            .Node(First, n => n.Run(e => Route.Wait(Second, e.Data, TimeSpan.FromDays(1))).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes());
        Workflow<Parcel, string> flow = Flow(version: 2)
            .Node(First, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
            .UpgradesFrom<Parcel, Parcel>(1, parcel => parcel, ("first", First), ("second", First))
            .Notes([First]);
        await using TestSite before = new(old);

        ElementId id = await before.SubmitAsync(old);
        await before.RunUntilQuietAsync();
        await before.StopAsync();
        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [flow],
            Store = before.Store,
            Time = before.Time,
        });
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome pending = await site.OutcomeAsync(ticket);
        await site.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal(ChangeOutcome.Pending, pending.Outcome);
        Assert.Equal(ChangeOutcome.Applied, (await site.OutcomeAsync(ticket)).Outcome);
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_function_that_throws_rejects_the_change_and_the_element_goes_on()
    {
        Workflow<Parcel, string> flow = Gated(gate)
            .Changes(NoteChange, c => c.AcceptedAt([First], (_, _) => throw new IOException("it broke")));
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        ElementOutcome outcome = await site.OutcomeAsync(await site.NoteAsync(id));
        await site.RunUntilQuietAsync();
        gate.OpenAll();
        await site.RunUntilQuietAsync();

        Assert.Equal((ChangeOutcome.Rejected, "it broke"), (outcome.Outcome, outcome.Reason));
        Assert.Equal("done", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task The_ledger_tells_who_asked_for_what_and_what_became_of_it()
    {
        Workflow<Parcel, string> flow = Single(e => Route.Finish(e.Data.Note)).Notes([First]);
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow, data: new Parcel("old", 7));
        ChangeTicket ticket = await site.NoteAsync(id);
        ChangeRecord record = await site.RecordAsync(ticket);
        ElementOutcome outcome = Assert.Single(record.Outcomes);
        await site.RunUntilQuietAsync();

        Assert.Equal((ChangeReceiptStatus.Taken, id), (ticket.Status, ticket.Element));
        Assert.Equal(("note-change", id), (record.Type, record.Element));
        Assert.Equal(("parcels", "1"), (record.Workflow, record.BusinessKey));
        Assert.Equal(("\"new\"", Clerk), (Encoding.UTF8.GetString(record.Payload.Span), record.Actor));
        Assert.Equal((id, "first", 0), (outcome.Element, outcome.Node?.Node, outcome.Hop));
        Assert.Equal("""{"from":{"note":"old"},"to":{"note":"new"}}""", outcome.Difference);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.ChangeRequested, JournalKind.ChangeResolved, JournalKind.Finished],
            await site.HistoryAsync(id));
        Assert.Equal(ticket.Id, Assert.Single((await site.Client.Changes.ListAsync(ChangeFilter.All)).Items).Id);
        Assert.Equal(1, (await site.Client.Changes.CountAsync(ChangeFilter.All))[ChangeOutcome.Applied]);
    }

    [Fact]
    public async Task A_change_that_nobody_declares_is_a_mistake_of_the_caller()
    {
        Workflow<Parcel, string> flow = Single(_ => Route.Finish("x"));
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => site.NoteAsync(id));

        Assert.Contains("note-change", error.Message);
    }
}
