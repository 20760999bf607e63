using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using Waybill.Testing.Simulation;
using static Waybill.Tests.Engine.RemoteSample;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

/// <summary>What becomes of the elements of a group commit that fails as a whole.</summary>
public sealed class CommitFaultTests : IAsyncLifetime
{
    private readonly FakeTime time = new();
    private readonly CommitScript script;
    private readonly ISiteStore store;

    public CommitFaultTests()
    {
        MemoryStore inner = new(time);
        script = new CommitScript(inner.Elements);
        store = new StoreLayer(inner) { Elements = script };
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_hop_that_the_store_refuses_is_sidelined_and_the_others_of_its_commit_go_on()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        script.Next = (hops, commit) => hops.Any(IsPoison)
            ? throw new InvalidOperationException("a test")
            : commit(hops);
        await SubmitThreeAsync(site, flow);

        await site.RunUntilQuietAsync();

        Assert.Equal("waybill.store-refused", (await site.SingleSidelinedAsync()).Failure.Type);
        Assert.Equal((2, 0), (await FinishedAsync(), site.InFlight));
    }

    [Fact]
    public async Task Hops_that_break_off_each_commit_are_found_and_sidelined()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        script.Next = async (hops, commit) =>
        {
            if (!hops.Any(IsPoison))
                return await commit(hops);
            if (hops.Count == 1)
                throw new InvalidOperationException("a test");
            await commit([.. hops.Where(hop => !IsPoison(hop))]);
            throw new CommitOutcomeUnknownException("a test");
        };
        await SubmitThreeAsync(site, flow);
        await site.SubmitAsync(flow, "4", new Parcel("poison"));

        await site.RunUntilQuietAsync();

        Assert.Equal(2, await store.Sidelined.CountAsync(SidelinedFilter.All, default));
        Assert.Equal((2, 0), (await FinishedAsync(), site.InFlight));
    }

    [Fact]
    public async Task What_cannot_even_be_sidelined_is_tried_again_and_holds_nothing_up()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        script.Next = (hops, commit) => hops.Any(hop => IsPoison(hop) || hop.Kind == JournalKind.Sidelined)
            ? throw new InvalidOperationException("a test")
            : commit(hops);
        await SubmitThreeAsync(site, flow);
        await site.RunUntilQuietAsync();
        Assert.Equal((2, 1), (await FinishedAsync(), site.InFlight));

        script.Next = (hops, commit) =>
            hops.Any(IsPoison) ? throw new InvalidOperationException("a test") : commit(hops);
        await site.AdvanceAsync(TimeSpan.FromSeconds(6));

        Assert.Equal("waybill.store-refused", (await site.SingleSidelinedAsync()).Failure.Type);
        Assert.Equal(0, site.InFlight);
    }

    [Fact]
    public async Task What_cannot_even_be_sidelined_is_never_tried_together_with_others()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        int spoiled = 0;
        script.Next = (hops, commit) =>
        {
            if (!hops.Any(hop => IsPoison(hop) || hop.Kind == JournalKind.Sidelined))
                return commit(hops);
            spoiled += hops.Count - 1;
            throw new InvalidOperationException("a test");
        };
        await site.SubmitAsync(flow, "1", new Parcel("poison"));
        await site.RunUntilQuietAsync();

        await site.SubmitAsync(flow, "2");
        time.Advance(TimeSpan.FromSeconds(6));
        await site.Passes.Claimer.ClaimOnceAsync();
        await site.RunUntilQuietAsync();

        Assert.Equal((1, 0), (await FinishedAsync(), spoiled));
    }

    [Fact]
    public async Task A_graceful_stop_does_not_wait_for_what_cannot_even_be_sidelined()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        script.Next = (_, _) => throw new InvalidOperationException("a test");
        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        Assert.Equal(1, site.InFlight);

        await site.Passes.StopTakingAsync();
        int left = site.InFlight;
        await site.StopAsync();
        script.Next = null;
        await using TestSite other = SiteWith(flow);
        await other.RunUntilQuietAsync();

        Assert.Equal((0, 1), (left, await FinishedAsync()));
    }

    [Fact]
    public async Task What_could_not_be_sidelined_when_the_epoch_is_lost_is_run_again_in_the_next_one()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        script.Next = (_, _) => throw new InvalidOperationException("a test");
        await site.SubmitAsync(flow);
        await site.RunUntilQuietAsync();
        script.Next = null;

        WorkerEpoch epoch = site.Passes.Custody.Epoch!.Value;
        await site.Store.Workers.LeaveAsync(epoch, default);
        site.Passes.Caretaker.EpochLost(epoch);
        await site.Passes.Committer.CommitOnceAsync();
        int left = site.Passes.Outbox.TakeAll().Count;
        await site.AdvanceAsync(TimeSpan.FromSeconds(6));

        Assert.Equal((0, 1), (left, await FinishedAsync()));
    }

    [Fact]
    public async Task What_is_tried_one_by_one_when_the_epoch_is_lost_does_not_slow_the_next_epoch_down()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        script.Next = async (hops, commit) =>
        {
            if (hops.Count > 1)
                throw new InvalidOperationException("a test");
            script.Next = null;
            await site.Store.Workers.LeaveAsync(site.Passes.Custody.Epoch!.Value, default);
            return await commit(hops);
        };
        await SubmitThreeAsync(site, flow);

        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([3, 1, 3, 3], script.Sizes);
        Assert.Equal(3, await FinishedAsync());
    }

    [Fact]
    public async Task A_commit_in_doubt_that_hands_on_after_its_hop_was_refused_leaves_nothing_behind()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        Func<Task>? late = null;
        script.Next = async (hops, commit) =>
        {
            if (late is null)
            {
                late = () => commit(hops);
                throw new CommitOutcomeUnknownException("a test");
            }

            script.Next = null;
            await late();
            throw new InvalidOperationException("a test");
        };
        await site.SubmitAsync(flow);

        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((1, 0), (await FinishedAsync(), site.InFlight));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hop_in_doubt_that_comes_through_after_its_run_was_counted_as_failed_goes_where_it_led(
        bool isQueued)
    {
        int diverted = 0;
        Workflow<Parcel, string> flow = Flow()
            .Node(First, n => n
                .Run(e => Route.To(Second, e.Data)).GoesTo(Second).Retry(0, Backoff.None).FailsTo(Third))
            .Node(Second, n => (isQueued ? n.OrderedBy(e => e.Note) : n).Run(_ => Route.Finish("ok")).Finishes())
            .Node(Third, n => n.Run(_ =>
            {
                diverted++;
                return Route.Finish("diverted");
            }).Finishes());
        await using TestSite site = SiteWith(flow);
        Func<Task> late = () => Task.CompletedTask;
        Script(
            (hops, commit) =>
            {
                late = () => commit(hops);
                throw new CommitOutcomeUnknownException("a test");
            },
            (_, _) => Task.FromResult<IReadOnlyList<HopOutcome>>(
                [new HopOutcome(HopStatus.WriteFailed, new InvalidOperationException("a test"))]),
            async (hops, commit) =>
            {
                await late();
                await site.Passes.Claimer.ClaimOnceAsync();
                return await commit(hops);
            });
        await site.SubmitAsync(flow, "1", new Parcel("books"));

        await site.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((0, 1, 0), (diverted, await FinishedAsync(), site.InFlight));
        Assert.All(site.Passes.Hosted.All, runner => Assert.Equal(0, runner.Reserved));
    }

    [Fact]
    public async Task A_commit_in_doubt_that_another_process_overtook_is_not_told_as_committed()
    {
        Workflow<Parcel, string> flow = Remote(n => n.Retry(9, Backoff.None));
        await using TestSite site = SiteWith(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();
        Task<RemoteAnswer> answer = site.Remote.CompleteAsync(work.Lease, Finish());
        script.Next = (_, _) => throw new StoreUnavailableException("a test");
        await Assert.ThrowsAsync<StoreUnavailableException>(site.RunUntilQuietAsync);
        script.Next = (_, _) => throw new CommitOutcomeUnknownException("a test");
        await site.Passes.Committer.CommitOnceAsync();
        await site.Store.Workers.LeaveAsync(site.Passes.Custody.Epoch!.Value, default);
        await site.Store.Workers.ReclaimAsync(10, default);

        await site.Passes.Committer.CommitOnceAsync();

        Assert.Equal(RemoteOutcome.LeaseLost, (await answer).Outcome);
    }

    [Fact]
    public async Task A_commit_that_was_applied_is_told_as_committed_though_the_epoch_was_lost_meanwhile()
    {
        Workflow<Parcel, string> flow = Remote();
        await using TestSite site = SiteWith(flow);
        await site.SubmitAsync(flow);
        RemoteWork work = await site.TakeAsync();
        script.Next = async (hops, commit) =>
        {
            IReadOnlyList<HopOutcome> outcomes = await commit(hops);
            site.Passes.Caretaker.EpochLost(site.Passes.Custody.Epoch!.Value);
            return outcomes;
        };

        RemoteAnswer answer = await site.CompleteAsync(work, Finish());

        Assert.Equal(RemoteOutcome.Committed, answer.Outcome);
    }

    private static Workflow<Parcel, string> TwoNodes() => Flow()
        .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
        .Node(Second, n => n.Run(_ => Route.Finish("ok")).Finishes());

    private static bool IsPoison(Hop hop) =>
        hop.Kind != JournalKind.Sidelined && System.Text.Encoding.UTF8.GetString(hop.Data.Span).Contains("poison");

    private static async Task SubmitThreeAsync(TestSite site, Workflow<Parcel, string> flow)
    {
        await site.SubmitAsync(flow, "1");
        await site.SubmitAsync(flow, "2", new Parcel("poison"));
        await site.SubmitAsync(flow, "3");
    }

    /// <summary>Commits as each of these says in its turn, and then as the store does.</summary>
    private void Script(
        params Func<
            IReadOnlyList<Hop>, Func<IReadOnlyList<Hop>, Task<IReadOnlyList<HopOutcome>>>,
            Task<IReadOnlyList<HopOutcome>>>[] turns)
    {
        int turn = 0;
        script.Next = (hops, commit) => turn < turns.Length ? turns[turn++](hops, commit) : commit(hops);
    }

    private TestSite SiteWith(Workflow<Parcel, string> flow) =>
        new(new TestSiteSetup { Workflows = [flow], Store = store, Time = time });

    private Task<long> FinishedAsync() =>
        store.Tickets.CountAsync(new TicketFilter { Ending = Ending.Finished }, default);

    /// <summary>Commits as the test says.</summary>
    private sealed class CommitScript(IElementStore inner) : CommitLayer(inner)
    {
        public List<int> Sizes { get; } = [];

        public Func<
            IReadOnlyList<Hop>, Func<IReadOnlyList<Hop>, Task<IReadOnlyList<HopOutcome>>>,
            Task<IReadOnlyList<HopOutcome>>>? Next
        { get; set; }

        public override Task<IReadOnlyList<HopOutcome>> CommitAsync(
            WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel)
        {
            Sizes.Add(hops.Count);
            Task<IReadOnlyList<HopOutcome>> Commit(IReadOnlyList<Hop> some) => Inner.CommitAsync(epoch, some, cancel);
            return Next is null ? Commit(hops) : Next(hops, Commit);
        }
    }
}
