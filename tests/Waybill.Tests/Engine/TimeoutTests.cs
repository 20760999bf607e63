using Waybill.Testing;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class TimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_run_past_its_time_is_cancelled_and_counts_as_failed()
    {
        Gate gate = new();
        Workflow<Parcel, string> flow = Gated(gate, n => n.Timeout(Limit).Retry(0, Backoff.None));
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromSeconds(9.5));
        bool isRunning = site.Snapshot()[0].Running == 1;
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.True(isRunning);
        Assert.Equal("System.TimeoutException", (await site.SingleSidelinedAsync()).Failure.Type);
    }

    [Fact]
    public async Task A_run_that_ignores_its_token_is_given_up_and_what_it_brings_later_is_dropped()
    {
        TaskCompletionSource<Route> hung = new();
        int runs = 0;
        Workflow<Parcel, string> flow = Flow().Node(First, n => n
            .Run(async (_, _) => ++runs == 1 ? await hung.Task : Route.Finish("second"))
            .Timeout(Limit).Retry(1, Backoff.None).Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(Limit + TimeSpan.FromSeconds(6));
        hung.SetResult(Route.Finish("first, too late"));
        await site.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.Equal("second", (await site.StatusAsync(flow)).Result);
        Assert.Equal((0, 0), (site.InFlight, site.Snapshot()[0].Running));
    }

    [Fact]
    public async Task A_process_that_stood_still_past_the_limit_lets_its_runs_hear_of_the_cancel_first()
    {
        Gate gate = new();
        Workflow<Parcel, string> flow = Gated(gate, n => n.Timeout(Limit).Concurrency(1).Retry(0, Backoff.None));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        await site.RunUntilQuietAsync();

        site.Time.Advance(TimeSpan.FromMinutes(1));
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));
        gate.Open("2");
        await site.RunUntilQuietAsync();

        Assert.Equal("1", (await site.SingleSidelinedAsync()).BusinessKey);
        Assert.Equal("done", (await site.StatusAsync(flow, "2")).Result);
        Assert.Equal(0, site.InFlight);
    }

    [Fact]
    public async Task A_callback_on_the_token_that_throws_harms_nobody_else()
    {
        TaskCompletionSource<Route> hung = new();
        Workflow<Parcel, string> flow = Flow().Node(First, n => n
            .Run(async (_, cancel) =>
            {
                cancel.Register(() => throw new InvalidOperationException("from a callback"));
                return await hung.Task;
            })
            .Timeout(Limit).Retry(0, Backoff.None).Finishes());
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        await site.AdvanceAsync(Limit + TimeSpan.FromSeconds(6));

        Assert.Equal(2, await site.Client.Sidelined.CountAsync(Stores.SidelinedFilter.All));
    }
}
