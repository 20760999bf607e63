using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class RetryTests
{
    private readonly List<string> keys = [];
    private readonly List<TimeSpan> begun = [];

    [Fact]
    public async Task Failed_runs_wait_twice_as_long_each_time_and_are_then_sidelined()
    {
        TestSite? site = null;
        Workflow<Parcel, string> flow = Single(
            e =>
            {
                begun.Add(site!.Time.GetUtcNow() - e.AcceptedAt);
                throw new InvalidOperationException($"attempt {e.Attempt}");
            },
            n => n.Retry(3, Backoff.Exponential(TimeSpan.FromSeconds(10))));
        await using (site = new TestSite(flow))
        {
            await site.SubmitAsync(flow);
            await site.AdvanceAsync(TimeSpan.FromMinutes(5));

            Assert.Equal(4, begun.Count);
            Assert.InRange(begun[1] - begun[0], TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10.5));
            Assert.InRange(begun[3] - begun[2], TimeSpan.FromSeconds(32), TimeSpan.FromSeconds(40.5));
            Failure failure = (await site.SingleSidelinedAsync()).Failure;
            Assert.Equal(
                ("System.InvalidOperationException", "attempt 4", "first", 4),
                (failure.Type, failure.Message, failure.Node, failure.Attempts));
            Assert.Contains(nameof(RetryTests), failure.Stack);
        }
    }

    [Fact]
    public async Task Exponential_backoff_stays_within_its_bounds_however_often_it_is_asked()
    {
        Backoff backoff = Backoff.Exponential(TimeSpan.Zero, TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.Zero, backoff.After(5000, 0));
        Assert.Equal(
            TimeSpan.FromMinutes(1),
            Backoff.Exponential(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)).After(5000, 0));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task The_failure_route_gets_the_data_and_the_failure()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => e.Data.Count > 9 ? Route.Finish("never") : throw new TimeoutException("no answer"))
                .Retry(1, Backoff.None).FailsTo(Second).Finishes())
            .Node(Second, n => n
                .Run(e => Route.Finish($"{e.Data.Note}: {e.Failure!.Type} after {e.Failure.Attempts}"))
                .Finishes());
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow, data: new Parcel("kept"));
        await site.RunUntilQuietAsync();

        Assert.Equal("kept: System.TimeoutException after 2", (await site.StatusAsync(flow)).Result);
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Retried, JournalKind.Diverted, JournalKind.Finished],
            await site.HistoryAsync(id));
    }

    [Fact]
    public async Task The_failure_that_came_along_the_failure_route_is_kept_when_a_person_retries_there()
    {
        bool isMended = false;
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => e.Data.Count > 9 ? Route.Finish("never") : throw new TimeoutException("no answer"))
                .Retry(0, Backoff.None).FailsTo(Second).Finishes())
            .Node(Second, n => n
                .Run(e => isMended ? Route.Finish(e.Failure?.Type ?? "") : throw new IOException("no desk"))
                .Retry(0, Backoff.None).Finishes());
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();

        await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.RunUntilQuietAsync();
        isMended = true;
        await site.Client.Sidelined.EditAndRetryAsync(SidelinedFilter.All, """{"count":1}""", Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal("System.TimeoutException", (await site.StatusAsync(flow)).Result);
        Assert.Equal(
            [
                JournalKind.Accepted, JournalKind.Diverted, JournalKind.Sidelined, JournalKind.Resumed,
                JournalKind.Sidelined, JournalKind.Resumed, JournalKind.Finished,
            ],
            await site.HistoryAsync(id));
        Assert.All(
            (await site.Store.Journal.HistoryAsync(
                new(id) { Kind = JournalKind.Sidelined }, new(), default)).Items,
            row => Assert.Contains("no desk", row.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_idempotency_key_is_stable_over_retries_and_new_at_the_next_node()
    {
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n.Run(e => Note(e) < 3 ? throw new IOException() : Route.To(Second, e.Data))
                .Retry(5, Backoff.None).GoesTo(Second))
            .Node(Second, n => n.Run(e => Note(e) < 5 ? throw new IOException() : Route.Finish("ok")).Finishes());
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal([$"{id}:0", $"{id}:0", $"{id}:0", $"{id}:3", $"{id}:3"], keys);
    }

    [Fact]
    public async Task A_retry_by_a_person_keeps_the_idempotency_key_and_an_edit_makes_a_new_one()
    {
        Workflow<Parcel, string> flow = Single(
            e => Note(e) < 3 ? throw new IOException() : Route.Finish(e.Data.Note), n => n.Retry(0, Backoff.None));
        await using TestSite site = new(flow);

        ElementId id = await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.RetryAsync(SidelinedFilter.All, Clerk);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        await site.Client.Sidelined.EditAndRetryAsync(SidelinedFilter.All, """{"note":"mended"}""", Clerk);
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([$"{id}:0", $"{id}:0", $"{id}:4"], keys);
        Assert.Equal("mended", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task Runs_that_died_with_their_process_use_up_attempts_and_the_element_is_sidelined()
    {
        Gate gate = new();
        Workflow<Parcel, string> flow = Gated(gate, n => n.Retry(2, Backoff.None));
        TestSite first = new(flow);
        await first.SubmitAsync(flow);

        TestSite site = first;
        for (int i = 0; i < 4; i++)
        {
            await site.RunUntilQuietAsync();
            await site.DisposeAsync();
            site = new TestSite(new TestSiteSetup { Workflows = [flow], Time = first.Time, Store = first.Store });
            await site.AdvanceAsync(TimeSpan.FromSeconds(16));
        }

        Failure failure = (await site.SingleSidelinedAsync()).Failure;
        Assert.Equal((3, 3), (gate.Came.Count, failure.Attempts));
        Assert.Equal(typeof(RunsDiedException).FullName, failure.Type);
    }

    [Fact]
    public async Task A_join_that_fails_is_retried_with_the_same_replies()
    {
        Workflow<Parcel, string> called = Single(_ => Route.Finish("answer"), name: "called");
        Workflow<Parcel, string> flow = Flow("callers")
            .Node(First, n => n.Run(e => Route.Call(called.Call(e.Data), Joined, e.Data)).Calls(called, Joined))
            .Node(Joined, n => n
                .Run((e, replies) => Note(e) < 3 ? throw new IOException() : Route.Finish(replies.Single.Value))
                .Retry(5, Backoff.Fixed(TimeSpan.FromSeconds(1))).Finishes());
        await using TestSite site = new(flow, called);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("answer", (await site.StatusAsync(flow)).Result);
        Assert.Equal(3, keys.Count);
    }

    private int Note(Element<Parcel> element)
    {
        keys.Add(element.IdempotencyKey);
        return keys.Count;
    }
}
