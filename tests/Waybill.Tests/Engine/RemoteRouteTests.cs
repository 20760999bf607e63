using System.Text;
using System.Text.Json;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.RemoteSample;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class RemoteRouteTests
{
    private const string Fine = """{"note":"by hand","count":1}""";

    [Fact]
    public async Task A_route_to_a_node_goes_on_there_with_the_data_that_was_brought()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);

        RemoteAnswer answer = await site.CompleteAsync(await site.TakeAsync(), ToSecond());

        Assert.Equal(RemoteOutcome.Committed, answer.Outcome);
        Assert.Equal("by hand", (await site.StatusAsync(flow)).Result);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Moved, JournalKind.Finished], await site.HistoryAsync(id));
    }

    [Theory]
    [InlineData("""{"note":"x","count":"many"}""", "$.count")]
    [InlineData("""{"note":"x","count":1,"colour":"red"}""", "colour")]
    [InlineData("""{"note":"x","note":"y","count":1}""", "note")]
    [InlineData("""{"note":null,"count":1}""", "note")]
    [InlineData("""[1]""", "The value is ")]
    public async Task Data_that_does_not_fit_the_node_is_refused_and_can_be_corrected(string data, string told)
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        RemoteAnswer refused = await site.CompleteAsync(work, ToSecond(data));
        RemoteAnswer corrected = await site.CompleteAsync(work, ToSecond());

        Assert.Equal((RemoteOutcome.Refused, "waybill.data-unreadable"), (refused.Outcome, refused.Code));
        Assert.Contains(told, refused.Reason, StringComparison.Ordinal);
        Assert.Equal(RemoteOutcome.Committed, corrected.Outcome);
    }

    [Fact]
    public async Task An_exit_that_the_node_does_not_declare_is_refused()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.RunRemotely().GoesTo(Second))
            .Node(Second, n => n.Run(_ => Route.Finish("")).Finishes().GoesTo(First));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        RemoteAnswer toFirst = await site.CompleteAsync(work, ToSecond() with { To = "first" });
        RemoteAnswer toNowhere = await site.CompleteAsync(work, ToSecond() with { To = "nowhere" });
        RemoteAnswer finish = await site.CompleteAsync(work, Finish());

        Assert.Equal("waybill.undeclared-exit", toFirst.Code);
        Assert.Contains("\"second\"", toNowhere.Reason, StringComparison.Ordinal);
        Assert.Equal("waybill.undeclared-exit", finish.Code);
    }

    [Fact]
    public async Task A_result_of_another_type_is_refused()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);

        RemoteAnswer answer = await site.CompleteAsync(
            await site.TakeAsync(), new RemoteRoute { Finish = Json("""{"not":"a text"}""") });

        Assert.Equal((RemoteOutcome.Refused, "waybill.data-unreadable"), (answer.Outcome, answer.Code));
    }

    [Fact]
    public async Task What_is_no_route_is_refused()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();
        RemoteRoute[] odd =
        [
            new(),
            ToSecond() with { Fail = "and to" },
            ToSecond() with { Data = null },
            ToSecond() with { WaitSeconds = double.NaN },
            ToSecond() with { WaitSeconds = 1, WaitUntil = site.Time.GetUtcNow() },
            ToSecond() with { Calls = [] },
            new() { Data = Json(Fine) },
            new() { Fail = " " },
            ToSecond() with { Milestone = new RemoteMilestone("") },
        ];

        foreach (RemoteRoute route in odd)
            Assert.Equal("waybill.no-route", (await site.CompleteAsync(work, route)).Code);
    }

    [Fact]
    public async Task Data_that_is_too_large_is_refused()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(new TestSiteSetup
        {
            Workflows = [flow],
            Options = new SiteOptions { DataMaxBytes = 100 },
        });
        await site.SubmitAsync(flow);

        RemoteAnswer answer = await site.CompleteAsync(
            await site.TakeAsync(), ToSecond($$"""{"note":"{{new string('x', 100)}}","count":1}"""));

        Assert.Equal("waybill.data-too-large", answer.Code);
    }

    [Fact]
    public async Task Members_that_this_version_does_not_know_are_handed_out_and_survive()
    {
        Workflow<Parcel, string> flow = Remote(n => n.GoesTo(First));
        await using TestSite site = new(flow);
        await site.AcceptAsync("""{"note":"n","count":1,"giftWrap":true}""");
        RemoteWork work = await site.TakeAsync();

        RemoteAnswer extra = await site.CompleteAsync(
            work, ToSecond("""{"note":"n","count":2,"giftWrap":true,"giftwrap":false}""") with { To = "first" });
        await site.CompleteAsync(
            work, ToSecond("""{"note":"n","count":2,"giftWrap":true}""") with { To = "first" });
        RemoteWork whole = await site.TakeAsync();
        await site.CompleteAsync(whole, ToSecond("""{"note":"n","count":3}""") with { To = "first" });
        RemoteWork leftOut = await site.TakeAsync();

        Assert.Equal("""{"note":"n","count":1,"giftWrap":true}""", work.Text());
        Assert.Contains("no member giftwrap", extra.Reason, StringComparison.Ordinal);
        Assert.Equal("""{"note":"n","count":2,"giftWrap":true}""", whole.Text());
        Assert.Equal("""{"note":"n","count":3,"giftWrap":true}""", leftOut.Text());
    }

    [Fact]
    public async Task A_wait_ends_when_it_was_said_to()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);

        await site.CompleteAsync(await site.TakeAsync(), ToSecond() with { WaitSeconds = 90 });
        ElementState? waiting = await site.StateAsync(id);
        await site.AdvanceAsync(TimeSpan.FromSeconds(91));

        Assert.Equal(ElementState.Delayed, waiting);
        Assert.Equal("by hand", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_worker_can_end_an_element_without_a_result()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);

        await site.CompleteAsync(await site.TakeAsync(), new RemoteRoute { Fail = "out of print" });

        TicketStatus<string> status = await site.StatusAsync(flow);
        Assert.Equal((Ending.Failed, "out of print"), (status.Ending, status.Reason));
    }

    [Fact]
    public async Task A_worker_can_call_a_workflow_and_is_given_the_replies()
    {
        Workflow<Parcel, string> called = Flow("called").Node(First, n => n
            .Run(parcel => Route.Finish(parcel.Data.Note + "!")).Finishes());
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.RunRemotely().Calls(called, Joined))
            .Node(Joined, n => n.RunRemotely().Finishes());
        await using TestSite site = new(called, flow);
        await site.SubmitAsync(flow);

        RemoteRoute route = ToSecond() with
        {
            To = "joined",
            Calls = [new RemoteCall("called", Json("""{"note":"a"}""")),
                new RemoteCall("called", Json("""{"note":"b"}"""), 1, "key")],
        };
        RemoteAnswer answer = await site.CompleteAsync(await site.TakeAsync(), route);
        Task<IReadOnlyList<RemoteWork>> claim = site.Remote.ClaimAsync(
            Claim() with { Nodes = [new RemoteNodeName("parcels", null, "joined")] });
        await site.RunUntilQuietAsync();
        RemoteWork joined = Assert.Single(await claim);

        Assert.Equal(RemoteOutcome.Committed, answer.Outcome);
        Assert.Equal(
            ["\"a!\"", "\"b!\""], joined.Replies.Select(reply => Encoding.UTF8.GetString(reply.Value.Span)));
        Assert.Equal(RemoteOutcome.Committed, (await site.CompleteAsync(joined, Finish())).Outcome);
    }

    [Fact]
    public async Task A_call_that_the_node_does_not_declare_is_refused()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);

        RemoteAnswer answer = await site.CompleteAsync(
            await site.TakeAsync(), ToSecond() with { Calls = [new RemoteCall("parcels", Json(Fine), 1)] });

        Assert.Equal("waybill.undeclared-exit", answer.Code);
    }

    [Fact]
    public async Task A_worker_can_wait_for_a_signal()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.RunRemotely().WaitsFor(Paid, Signalled))
            .Node(Signalled, n => n.Run((_, paid) => Route.Finish($"paid {paid.Single.Value}")).Finishes());
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);

        await site.CompleteAsync(await site.TakeAsync(), ToSecond() with { To = "signalled", Signal = "paid" });
        await site.Client.SignalAsync(ElementRef.Of(id), Paid, 7);
        await site.RunUntilQuietAsync();

        Assert.Equal("paid 7", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_milestone_is_noted_with_the_hop()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);

        await site.CompleteAsync(
            await site.TakeAsync(), Finish() with { Milestone = new("label printed", Json("""{"no":7}""")) });

        JournalEntry last = (await site.Store.Journal.HistoryAsync(new(id), new(), default)).Items[^1];
        Assert.Contains("label printed", JsonSerializer.Serialize(last), StringComparison.Ordinal);
    }
}
