using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Noting;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

/// <summary>
/// What happens between the commit that finds a change and the one that answers it: the function that applies a change
/// runs there, so the tests let it do what another process could.
/// </summary>
public sealed class ChangeRaceTests
{
    private readonly Gate gate = new();
    private Func<Task> meanwhile = () => Task.CompletedTask;
    private int applied;

    [Fact]
    public async Task Two_changes_are_applied_in_the_order_of_their_requests()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);

        ElementId id = await RunningAsync(site, flow);
        ChangeTicket first = await site.NoteAsync(id, "one");
        ChangeTicket second = await site.NoteAsync(id, "two");
        await GoOnAsync(site);

        Assert.Equal("""{"from":{"note":"old"},"to":{"note":"one"}}""", (await site.OutcomeAsync(first)).Difference);
        Assert.Equal("""{"from":{"note":"one"},"to":{"note":"two"}}""", (await site.OutcomeAsync(second)).Difference);
        Assert.Equal("two", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_second_change_that_comes_while_the_first_is_answered_is_applied_after_it()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);

        ElementId id = await RunningAsync(site, flow);
        ChangeTicket first = await site.NoteAsync(id, "one");
        ChangeTicket? second = null;
        meanwhile = async () => second = await site.NoteAsync(id, "two");
        await GoOnAsync(site);

        Assert.Equal("""{"from":{"note":"old"},"to":{"note":"one"}}""", (await site.OutcomeAsync(first)).Difference);
        Assert.Equal("""{"from":{"note":"one"},"to":{"note":"two"}}""", (await site.OutcomeAsync(second!)).Difference);
        Assert.Equal("two", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_change_that_is_withdrawn_while_it_is_answered_is_not_applied()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);

        ElementId id = await RunningAsync(site, flow);
        ChangeTicket ticket = await site.NoteAsync(id);
        meanwhile = () => site.Client.Changes.WithdrawAsync(ticket.Id);
        await GoOnAsync(site);

        Assert.Equal(1, applied);
        Assert.Equal(ChangeOutcome.CouldNotReach, (await site.OutcomeAsync(ticket)).Outcome);
        Assert.Equal("old", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_cancel_that_comes_while_a_change_is_answered_goes_first()
    {
        Workflow<Parcel, string> flow = TwoNodes()
            .CancelsTo(Third)
            .Node(Third, n => n.Run(e => Route.Finish($"undid {e.Data.Note}")).Finishes());
        await using TestSite site = new(flow);

        ElementId id = await RunningAsync(site, flow);
        ChangeTicket ticket = await site.NoteAsync(id);
        meanwhile = () => site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        await GoOnAsync(site);

        Assert.Equal(ChangeOutcome.TooLate, (await site.OutcomeAsync(ticket)).Outcome);
        Assert.Equal("undid old", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task With_a_change_and_a_cancel_pending_the_change_is_put_to_the_cancel_node()
    {
        Workflow<Parcel, string> flow = Flow().CancelsTo(Third)
            .Node(First, n => n.Run(async (e, cancel) => await gate.PassAsync(e, cancel)).GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("never")).Finishes())
            .Node(Third, n => n.Run(e => Route.Finish($"undid {e.Data.Note}")).Finishes())
            .Notes([Third], Second);
        await using TestSite site = new(flow);

        ElementId id = await RunningAsync(site, flow);
        ChangeTicket ticket = await site.NoteAsync(id);
        await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        await GoOnAsync(site);

        Assert.Equal(ChangeOutcome.Applied, (await site.OutcomeAsync(ticket)).Outcome);
        Assert.Equal("undid new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task An_element_that_is_claimed_while_its_change_is_answered_gets_it_at_its_next_hop()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow, data: new Parcel("old"));
        meanwhile = async () =>
        {
            await site.Passes.Caretaker.RenewOnceAsync();
            await site.Passes.Claimer.ClaimOnceAsync();
        };
        ChangeTicket ticket = await site.NoteAsync(id);
        ElementOutcome before = await site.OutcomeAsync(ticket);
        await site.RunUntilQuietAsync();
        await GoOnAsync(site);

        Assert.Equal(ChangeOutcome.Pending, before.Outcome);
        Assert.Equal((ChangeOutcome.Applied, "second"), await NodeOfAsync(site, ticket));
        Assert.Equal("new", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_crash_before_the_answer_is_committed_leaves_the_change_to_the_next_owner()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite dying = new(flow);
        await using TestSite other = new(new TestSiteSetup
        {
            Workflows = [flow],
            Store = dying.Store,
            Time = dying.Time,
            Options = new SiteOptions { WorkerName = "other" },
        });

        ElementId id = await RunningAsync(dying, flow);
        ChangeTicket ticket = await dying.NoteAsync(id);
        await dying.DisposeAsync();
        gate.Take("1");
        await other.AdvanceAsync(TimeSpan.FromMinutes(1));
        await GoOnAsync(other);

        Assert.Equal(ChangeOutcome.Applied, (await other.OutcomeAsync(ticket)).Outcome);
        Assert.Equal("new", (await other.StatusAsync(flow)).Result);
    }

    /// <summary>First is held by the gate; both nodes accept the change.</summary>
    private Workflow<Parcel, string> TwoNodes() => Flow()
        .Node(First, n => n
            .Run(async (e, cancel) =>
            {
                await gate.PassAsync(e, cancel);
                return Route.To(Second, e.Data);
            })
            .GoesTo(Second))
        .Node(Second, n => n.Run(e => Route.Finish(e.Data.Note)).Finishes())
        .Changes(NoteChange, c => c.AcceptedAt([First, Second], (parcel, note) =>
        {
            if (applied++ == 0)
                meanwhile().GetAwaiter().GetResult();
            return Noted(parcel, note);
        }));

    private static async Task<ElementId> RunningAsync(TestSite site, Workflow<Parcel, string> flow)
    {
        ElementId id = await site.SubmitAsync(flow, data: new Parcel("old"));
        await site.RunUntilQuietAsync();
        return id;
    }

    private async Task GoOnAsync(TestSite site)
    {
        gate.Open("1", Route.To(Second, new Parcel("old")));
        await site.RunUntilQuietAsync();
    }

    private static async Task<(ChangeOutcome, string?)> NodeOfAsync(TestSite site, ChangeTicket ticket)
    {
        ElementOutcome outcome = await site.OutcomeAsync(ticket);
        return (outcome.Outcome, outcome.Node?.Node);
    }
}
