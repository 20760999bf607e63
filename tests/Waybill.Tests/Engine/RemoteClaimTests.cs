using Waybill.Testing;
using static Waybill.Tests.Engine.RemoteSample;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class RemoteClaimTests
{
    [Fact]
    public async Task What_no_remote_worker_waits_for_stays_in_the_store()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);

        await site.SubmitAsync(flow);
        await site.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(0, site.InFlight);
    }

    [Fact]
    public async Task A_claim_that_waits_gets_what_comes_later()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        await site.RunUntilQuietAsync();

        Task<IReadOnlyList<RemoteWork>> claim = site.Remote.ClaimAsync(Claim());
        await site.RunUntilQuietAsync();
        bool waited = !claim.IsCompleted;
        ElementId id = await site.SubmitAsync(flow, data: new Parcel("gift", 3));
        await site.RunUntilQuietAsync();

        RemoteWork work = Assert.Single(await claim);
        Assert.True(waited);
        Assert.Equal((id, "1", 1, $"{id}:0"), (work.Id, work.BusinessKey, work.Attempt, work.IdempotencyKey));
        Assert.Equal("""{"note":"gift","count":3}""", work.Text());
        Assert.Equal(Lease, work.LeaseFor);
    }

    [Fact]
    public async Task A_claim_takes_no_more_than_it_asks_for_and_leaves_the_rest_in_the_store()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = new(flow);
        for (int i = 0; i < 5; i++)
            await site.SubmitAsync(flow, $"{i}");

        RemoteWork work = await site.TakeAsync();

        Assert.Equal("0", work.BusinessKey);
        Assert.Equal(1, site.InFlight);
    }

    [Fact]
    public async Task No_more_leases_are_given_than_the_node_runs_at_once()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Concurrency(1));
        await using TestSite site = new(flow);
        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2");

        RemoteWork first = await site.TakeAsync();
        Task<IReadOnlyList<RemoteWork>> second = site.Remote.ClaimAsync(Claim());
        await site.RunUntilQuietAsync();
        bool waited = !second.IsCompleted;
        await site.CompleteAsync(first, Finish());

        Assert.True(waited);
        Assert.Equal("2", Assert.Single(await second).BusinessKey);
    }

    [Fact]
    public async Task A_claim_for_which_nothing_comes_ends_empty_when_its_wait_is_over()
    {
        await using TestSite site = new(Remote());
        await site.RunUntilQuietAsync();

        Task<IReadOnlyList<RemoteWork>> claim =
            site.Remote.ClaimAsync(Claim() with { Wait = TimeSpan.FromSeconds(10) });
        await site.AdvanceAsync(TimeSpan.FromSeconds(11));

        Assert.Empty(await claim);
    }

    [Fact]
    public async Task What_was_claimed_for_a_worker_that_has_gone_goes_back_and_its_attempt_does_not_count()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Retry(0, Backoff.None));
        await using TestSite site = new(flow);
        await site.RunUntilQuietAsync();
        using CancellationTokenSource gone = new();
        Task<IReadOnlyList<RemoteWork>> claim = site.Remote.ClaimAsync(Claim(), gone.Token);
        await site.SubmitAsync(flow);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => claim);

        await site.AdvanceAsync(TimeSpan.FromSeconds(6));
        int held = site.InFlight;
        RemoteWork work = await site.TakeAsync();

        Assert.Equal(0, held);
        Assert.Equal(1, work.Attempt);
    }

    [Fact]
    public async Task A_claim_for_a_node_that_is_not_run_remotely_is_told_which_are()
    {
        await using TestSite site = new(Remote());
        RemoteClaim claim = Claim() with { Nodes = [new RemoteNodeName("parcels", null, "second")] };

        RemoteClaimException refused =
            await Assert.ThrowsAsync<RemoteClaimException>(() => site.Remote.ClaimAsync(claim));

        Assert.Contains("parcels/second", refused.Message, StringComparison.Ordinal);
        Assert.Contains("parcels:1/first", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, 30)]
    [InlineData("robot", 0, 30)]
    [InlineData("robot", 101, 30)]
    [InlineData("robot", 1, 0)]
    [InlineData("robot", 1, 61)]
    public async Task A_claim_out_of_bounds_is_refused(string worker, int max, int seconds)
    {
        await using TestSite site = new(Remote());
        RemoteClaim claim = Claim(max, worker) with { Wait = TimeSpan.FromSeconds(seconds) };

        await Assert.ThrowsAsync<RemoteClaimException>(() => site.Remote.ClaimAsync(claim));
    }

    [Fact]
    public async Task One_claim_serves_several_nodes()
    {
        Workflow<Parcel, string> one = Remote();
        Workflow<Parcel, string> other = Flow("letters").Node(First, n => n.RunRemotely().Finishes());
        await using TestSite site = new(one, other);
        await site.SubmitAsync(one, "parcel");
        await site.SubmitAsync(other, "letter");
        RemoteClaim claim = Claim(2) with
        {
            Nodes = [new RemoteNodeName("parcels", 1, "first"), new RemoteNodeName("letters", null, "first")],
        };

        List<RemoteWork> all = [];
        while (all.Count < 2)
        {
            Task<IReadOnlyList<RemoteWork>> work = site.Remote.ClaimAsync(claim);
            await site.RunUntilQuietAsync();
            all.AddRange(await work);
        }

        Assert.Equal(["letter", "parcel"], all.Select(work => work.BusinessKey).Order());
    }
}
