using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Noting;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class ChangeFamilyTests
{
    private readonly Gate gate = new();
    private readonly List<CalledPart> seen = [];

    [Fact]
    public async Task A_change_reaches_each_called_part_and_has_an_outcome_at_each_that_is_concerned()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called);
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        gate.Open("1/0", Route.Wait(Second, new Parcel("old"), TimeSpan.FromDays(1)));
        await site.RunUntilQuietAsync();
        ChangeTicket ticket = await site.NoteAsync(id);
        await GoOnAsync(site, "1/1");
        ChangeRecord record = await site.RecordAsync(ticket);

        Assert.Equal(
            [ChangeOutcome.Applied, ChangeOutcome.TooLate],
            record.Outcomes.Select(outcome => outcome.Outcome).Order());
        Assert.Equal("old new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_change_that_came_before_the_call_reaches_what_is_called_later()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called);
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        ChangeTicket ticket = await site.NoteAsync(id);
        ChangeOutcome[] before = await site.OutcomesAsync(ticket);
        await site.RunUntilQuietAsync();
        await GoOnAsync(site, "1/0", "1/1");

        Assert.Empty(before);
        Assert.Equal([ChangeOutcome.Applied, ChangeOutcome.Applied], await site.OutcomesAsync(ticket));
        Assert.Equal("new new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task One_that_waits_for_calls_changes_at_once_for_the_node_where_it_goes_on()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called).Notes([Joined]);
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome own = (await site.RecordAsync(ticket)).Outcomes.Single(outcome => outcome.Element == id);

        Assert.Equal((ChangeOutcome.Applied, "joined"), (own.Outcome, own.Node?.Node));
    }

    [Fact]
    public async Task A_coordinator_is_asked_alone_and_forwards_to_its_parts()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called)
            .Changes(NoteChange, c => c.DecidedBy<Parcel>((parcel, note, parts) =>
            {
                seen.AddRange(parts);
                return ChangeDecision.AppliesAndForwards(parcel with { Note = note });
            }));
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        ChangeTicket ticket = await site.NoteAsync(id);
        await GoOnAsync(site, "1/0", "1/1");

        Assert.Equal(["1/0", "1/1"], seen.Select(part => part.BusinessKey));
        Assert.All(seen, part => Assert.Equal(("first", ElementState.Owned), (part.Node.Node, part.State)));
        Assert.Equal(3, (await site.OutcomesAsync(ticket)).Count(outcome => outcome == ChangeOutcome.Applied));
    }

    [Fact]
    public async Task A_coordinator_that_refuses_leaves_its_parts_as_they_are()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called)
            .Changes(NoteChange, c => c.DecidedBy<Parcel>((_, _, parts) =>
                parts.Any(part => part.Node.Node == "second")
                    ? ChangeDecision.Rejects("one has left")
                    : ChangeDecision.Forwards()));
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        gate.Open("1/0", Route.Wait(Second, new Parcel("old"), TimeSpan.FromDays(1)));
        await site.RunUntilQuietAsync();
        ElementOutcome outcome = await site.OutcomeAsync(await site.NoteAsync(id));

        Assert.Equal((id, ChangeOutcome.Rejected, "one has left"), (outcome.Element, outcome.Outcome, outcome.Reason));
    }

    [Fact]
    public async Task A_coordinator_that_only_forwards_is_asked_again_when_it_calls()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called)
            .Changes(NoteChange, c => c.DecidedBy<Parcel>((_, _, parts) =>
            {
                seen.AddRange(parts);
                return ChangeDecision.Forwards();
            }));
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome before = await site.OutcomeAsync(ticket);
        await site.RunUntilQuietAsync();
        await GoOnAsync(site, "1/0", "1/1");
        ChangeRecord after = await site.RecordAsync(ticket);

        Assert.Equal(ChangeOutcome.Pending, before.Outcome);
        Assert.Equal(2, seen.Count);
        Assert.Equal(2, after.Outcomes.Count(o => o.Element != id && o.Outcome == ChangeOutcome.Applied));
        Assert.True(after.HasEnded);
        Assert.Equal("new new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_coordinator_that_keeps_the_change_to_itself_calls_parts_without_it()
    {
        Workflow<Parcel, string> called = Called();
        Workflow<Parcel, string> flow = Forking(called)
            .Changes(NoteChange, c => c.DecidedBy<Parcel>((parcel, note, _) =>
                ChangeDecision.Applies(parcel with { Note = note })));
        await using TestSite site = new(flow, called);

        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        ElementOutcome outcome = await site.OutcomeAsync(await site.NoteAsync(id));

        Assert.Equal((id, ChangeOutcome.Applied), (outcome.Element, outcome.Outcome));
    }

    private async Task GoOnAsync(TestSite site, params string[] keys)
    {
        foreach (string key in keys)
            gate.Open(key, Route.To(Third, new Parcel("old")));
        await site.AdvanceAsync(TimeSpan.FromDays(2));
    }

    /// <summary>First is held by the gate; the change is too late at Second and accepted elsewhere.</summary>
    private Workflow<Parcel, string> Called() => Flow("called")
        .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second, Third))
        .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
        .Node(Third, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
        .Notes([First, Third], Second);

    private static Workflow<Parcel, string> Forking(Workflow<Parcel, string> called) => Flow("callers")
        .Node(First, n => n
            .Run(e => Route.Fork([called.Call(new Parcel("old")), called.Call(new Parcel("old"))], Joined, e.Data))
            .Calls(called, Joined))
        .Node(Joined, n => n
            .Run((_, replies) => Route.Finish(string.Join(' ', replies.Select(reply => reply.Value))))
            .Finishes());
}
