using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Tests.Engine.Sample;

namespace Waybill.Tests.Engine;

public sealed class CommitWatchTests : IAsyncDisposable
{
    private readonly FakeTime time = new();
    private readonly FullDisk disk = new();
    private readonly MemoryStore store;

    public CommitWatchTests() => store = new MemoryStore(time);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_hop_that_is_refused_is_known_until_one_passes()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        await site.SubmitAsync(flow, "1", new Parcel("books"));
        DateTimeOffset since = time.GetUtcNow();
        disk.Refuses = "Elements.Commit";

        await Assert.ThrowsAsync<StoreUnavailableException>(site.RunUntilQuietAsync);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(site.RunUntilQuietAsync);
        CommitRefusal? refusal = site.Client.Commits.Refusal;
        disk.Refuses = null;
        await site.RunUntilQuietAsync();

        Assert.Equal(new CommitRefusal(since, "the disk is full"), refusal);
        Assert.Null(site.Client.Commits.Refusal);
    }

    [Fact]
    public async Task A_process_without_work_knows_by_the_renewals_of_its_lease()
    {
        await using TestSite site = SiteWith(TwoNodes());
        await site.RunUntilQuietAsync();
        disk.Refuses = "Workers.Renew";

        await Assert.ThrowsAsync<StoreUnavailableException>(site.Passes.Caretaker.RenewOnceAsync);
        bool isKnown = site.Client.Commits.Refusal is not null;
        disk.Refuses = null;
        await site.Passes.Caretaker.RenewOnceAsync();

        Assert.True(isKnown);
        Assert.Null(site.Client.Commits.Refusal);
    }

    [Fact]
    public async Task A_submission_that_is_refused_is_known_and_a_trial_tells_when_that_is_over()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        disk.Refuses = "Elements.Accept";
        await Assert.ThrowsAsync<StoreUnavailableException>(() => site.SubmitAsync(flow, "1", new Parcel("books")));
        Assert.NotNull(site.Client.Commits.Refusal);

        disk.Refuses = "Records.Write";
        await site.Client.Commits.TryAsync();
        Assert.NotNull(site.Client.Commits.Refusal);
        disk.Refuses = null;
        await site.Client.Commits.TryAsync();

        Assert.Null(site.Client.Commits.Refusal);
    }

    [Fact]
    public async Task That_an_epoch_was_lost_refuses_nothing()
    {
        await using TestSite site = SiteWith(TwoNodes());
        await site.RunUntilQuietAsync();
        disk.Refuses = "Workers.Renew";
        disk.With = new EpochLostException(new WorkerEpoch(7));

        await Assert.ThrowsAsync<EpochLostException>(site.Passes.Caretaker.RenewOnceAsync);

        Assert.Null(site.Client.Commits.Refusal);
    }

    [Fact]
    public async Task A_hop_that_the_store_cannot_take_refuses_no_other()
    {
        Workflow<Parcel, string> flow = TwoNodes();
        await using TestSite site = SiteWith(flow);
        await site.SubmitAsync(flow, "1", new Parcel("books"));
        disk.Refuses = "Elements.Commit";
        disk.With = new InvalidOperationException("It has a character that no table takes.");

        await site.RunUntilQuietAsync();

        Assert.Null(site.Client.Commits.Refusal);
    }

    private static Workflow<Parcel, string> TwoNodes() => Flow()
        .Node(First, n => n.Run(e => Route.To(Second, e.Data)).GoesTo(Second))
        .Node(Second, n => n.Run(_ => Route.Finish("ok")).Finishes());

    private TestSite SiteWith(Workflow workflow) => new(new TestSiteSetup
    {
        Workflows = [workflow],
        Time = time,
        Store = new FaultyStore(store, disk),
    });

    private sealed class FullDisk : IStoreFaults
    {
        public string? Refuses { get; set; }

        public Exception With { get; set; } = new StoreUnavailableException("the disk is full");

        public Task<T> CallAsync<T>(string call, Func<Task<T>> apply) => call == Refuses ? throw With : apply();

        public void Hint(Action arrived) => arrived();
    }
}
