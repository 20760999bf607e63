using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.RemoteSample;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class RemoteLeaseTests
{
    [Fact]
    public async Task A_worker_that_falls_silent_has_failed_and_another_gets_the_element_with_the_same_key()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork silent = await site.TakeAsync("silent");

        await site.AdvanceAsync(Lease + TimeSpan.FromSeconds(1));
        RemoteWork next = await site.TakeAsync("next");
        RemoteAnswer late = await site.CompleteAsync(silent, Finish("late"));
        RemoteAnswer timely = await site.CompleteAsync(next, Finish("timely"));

        Assert.Equal((2, silent.IdempotencyKey), (next.Attempt, next.IdempotencyKey));
        Assert.NotEqual(silent.Lease, next.Lease);
        Assert.Equal((RemoteOutcome.LeaseLost, RemoteOutcome.Committed), (late.Outcome, timely.Outcome));
        Assert.Equal("timely", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task When_retries_have_run_out_the_element_is_sidelined_and_names_the_silent_worker()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Retry(0, Backoff.None));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);

        await site.TakeAsync("silent");
        await site.AdvanceAsync(Lease + TimeSpan.FromSeconds(1));

        SidelinedElement sidelined = await site.SingleSidelinedAsync();
        Assert.Equal("waybill.lease-lapsed", sidelined.Failure.Type);
        Assert.Contains("silent", sidelined.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_extends_the_lease()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Timeout(TimeSpan.FromMinutes(5)));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        for (int i = 0; i < 4; i++)
        {
            await site.AdvanceAsync(TimeSpan.FromSeconds(20));
            Assert.Equal([Lease], site.Remote.Extend([work.Lease]));
        }

        Assert.Equal(RemoteOutcome.Committed, (await site.CompleteAsync(work, Finish())).Outcome);
    }

    [Fact]
    public async Task No_heartbeat_extends_a_run_past_the_timeout_of_its_node()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Timeout(TimeSpan.FromSeconds(40)).Retry(0, Backoff.None));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        await site.AdvanceAsync(TimeSpan.FromSeconds(25));
        TimeSpan? left = Assert.Single(site.Remote.Extend([work.Lease]));
        await site.AdvanceAsync(TimeSpan.FromSeconds(16));

        Assert.Equal(TimeSpan.FromSeconds(15), left);
        Assert.Equal([null], site.Remote.Extend([work.Lease]));
        Assert.Equal(RemoteOutcome.LeaseLost, (await site.CompleteAsync(work, Finish())).Outcome);
        Assert.Equal("System.TimeoutException", (await site.SingleSidelinedAsync()).Failure.Type);
    }

    [Fact]
    public async Task A_lost_epoch_takes_all_leases_with_it()
    {
        Workflow<Parcel, string> flow = Remote();
        FakeTime time = new();
        await using MemoryStore store = new(time);
        TestSiteSetup setup = new() { Workflows = [flow], Time = time, Store = store };
        await using TestSite one = new(setup);
        await using TestSite other = new(setup);
        await one.SubmitAsync(flow);
        RemoteWork work = await one.TakeAsync();

        time.Advance(TimeSpan.FromSeconds(20));
        await other.AdvanceAsync(TimeSpan.FromSeconds(1));
        RemoteWork again = await other.TakeAsync();
        RemoteAnswer late = await one.CompleteAsync(work, Finish("late"));
        RemoteAnswer timely = await other.CompleteAsync(again, Finish("timely"));

        Assert.Equal((RemoteOutcome.LeaseLost, RemoteOutcome.Committed), (late.Outcome, timely.Outcome));
        Assert.Equal("timely", (await one.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task A_drain_hands_out_nothing_more_and_waits_for_what_is_out()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");
        RemoteWork work = await site.TakeAsync();

        Task drain = site.Remote.DrainAsync(TimeSpan.FromSeconds(20), default);
        IReadOnlyList<RemoteWork> none = await site.Remote.ClaimAsync(Claim());
        bool waited = !drain.IsCompleted;
        await site.CompleteAsync(work, Finish());
        await drain;

        Assert.Empty(none);
        Assert.True(waited);
        Assert.Equal("done", (await site.StatusAsync(flow)).Result);
    }

    [Fact]
    public async Task What_is_still_out_when_a_drain_ends_goes_back_to_its_queue()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Retry(0, Backoff.None));
        await using TestSite site = new(flow);
        ElementId id = await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();

        Task drain = site.Remote.DrainAsync(TimeSpan.FromSeconds(20), default);
        await site.AdvanceAsync(TimeSpan.FromSeconds(21));
        await drain;
        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(RemoteOutcome.LeaseLost, (await site.CompleteAsync(work, Finish())).Outcome);
        Assert.Equal((ElementState.Ready, 0), (await site.StateAsync(id), site.InFlight));
    }
}
