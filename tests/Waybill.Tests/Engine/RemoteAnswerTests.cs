using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.RemoteSample;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class RemoteAnswerTests
{
    [Fact]
    public async Task An_answer_is_given_when_the_hop_is_committed_and_not_before()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        Task<RemoteAnswer> answer = site.Remote.CompleteAsync(work.Lease, Finish());
        bool waited = !answer.IsCompleted;
        await site.RunUntilQuietAsync();

        Assert.True(waited);
        Assert.Equal(RemoteOutcome.Committed, (await answer).Outcome);
    }

    [Fact]
    public async Task A_worker_that_asks_again_gets_the_same_answer_and_nothing_happens_twice()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        await site.CompleteAsync(work, Finish("first"));
        RemoteAnswer again = await site.CompleteAsync(work, Finish("second"));
        await site.AdvanceAsync(TimeSpan.FromMinutes(6));
        RemoteAnswer muchLater = await site.CompleteAsync(work, Finish("third"));

        Assert.Equal((RemoteOutcome.Committed, RemoteOutcome.LeaseLost), (again.Outcome, muchLater.Outcome));
        Assert.Equal("first", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_failed_run_is_retried_as_the_node_declares_and_keeps_what_the_worker_said()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);

        RemoteAnswer first = await site.FailAsync(await site.TakeAsync(), new RemoteFailure("no paper"));
        RemoteWork retried = await site.TakeAsync();
        await site.FailAsync(retried, new RemoteFailure("still no paper", "PaperError", "line 7"));

        Failure failure = (await site.SingleSidelinedAsync()).Failure;
        Assert.Equal((RemoteOutcome.Failed, 2), (first.Outcome, retried.Attempt));
        Assert.Equal(("PaperError", "still no paper", "line 7", 2),
            (failure.Type, failure.Message, failure.Stack, failure.Attempts));
    }

    [Fact]
    public async Task A_failure_that_no_retry_can_mend_is_not_retried()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);

        await site.FailAsync(await site.TakeAsync(), new RemoteFailure("wrong address", Retry: false));

        Failure failure = (await site.SingleSidelinedAsync()).Failure;
        Assert.Equal(("remote.failed", 1), (failure.Type, failure.Attempts));
    }

    [Fact]
    public async Task A_cancel_that_came_first_is_told()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        await site.Client.CancelAsync(ElementRef.Of(id), Clerk);
        RemoteAnswer answer = await site.CompleteAsync(work, ToSecond());

        Assert.Equal(RemoteOutcome.Cancelled, answer.Outcome);
        Assert.Equal(Ending.Cancelled, (await site.StatusAsync(flow)).Ending);
    }

    [Fact]
    public async Task A_lease_that_nobody_gave_is_lost()
    {
        await using TestSite site = new(Remote());

        RemoteAnswer answer = await site.Remote.CompleteAsync("made-up", Finish());

        Assert.Equal(RemoteOutcome.LeaseLost, answer.Outcome);
        Assert.Equal([null], site.Remote.Extend(["made-up"]));
    }
}
