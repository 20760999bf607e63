using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Engine.Remote;
using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing;

/// <summary>
/// One process of a site for tests of workflows: the real engine on fake time, driven step by step on the calling
/// thread. Nothing happens by itself, so a test sees the same every time and never waits.
/// </summary>
/// <remarks>
/// A handler may await anything. What it awaits must be completed by the test (or by <see cref="AdvanceAsync"/>, when
/// it waits for fake time); the handler then goes on with the next call of this class. Not thread-safe.
/// </remarks>
public sealed class TestSite : IAsyncDisposable
{
    private const int PassesMax = 100_000;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    private readonly StepScheduler scheduler = new();
    private readonly SiteOptions options;
    private readonly HeldTables tables;
    private long idsMade;
    private long leasesMade;

    /// <summary>A site of its own that hosts these workflows.</summary>
    /// <param name="workflows">All workflows of the site.</param>
    /// <exception cref="DefinitionException">They cannot work as they are declared.</exception>
    public TestSite(params IReadOnlyList<Workflow> workflows)
        : this(new TestSiteSetup { Workflows = workflows })
    {
    }

    /// <summary>A process of a site.</summary>
    /// <param name="setup">Which.</param>
    /// <exception cref="DefinitionException">The workflows or options cannot work as they are declared.</exception>
    public TestSite(TestSiteSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        options = setup.Options;
        Time = setup.Time;
        Store = setup.Store ?? new MemoryStore(Time);
        SiteDefinition site = SiteDefinition.Checked(setup.Workflows, options);
        tables = new HeldTables(site, Store);
        EndingWatch endings = new();
        Remote = new RemoteNodes(Time, new RemoteLeaseNames(() => "site", () => $"lease-{++leasesMade}"));
        Client = new SiteClient(site, Store, Time, endings, NewId);
        Passes = new Passes(
            new EngineContext(
                site, Store, Time, scheduler, NewId, endings, Client.Commits, Remote, NullLoggerFactory.Instance),
            setup.Services);
    }

    /// <summary>The time of this process. Move it with <see cref="AdvanceAsync"/>, so that the site follows.</summary>
    public FakeTime Time { get; }

    /// <summary>The store.</summary>
    public ISiteStore Store { get; }

    /// <summary>Submits, looks, cancels, signals.</summary>
    public SiteClient Client { get; }

    /// <summary>
    /// The desk of nodes that are run remotely. Its leases are <c>lease-1</c>, <c>lease-2</c>, and so on.
    /// </summary>
    public RemoteNodes Remote { get; }

    /// <summary>How many elements this process owns now.</summary>
    public int InFlight => Passes.Custody.Count;

    internal Passes Passes { get; }

    /// <summary>What each hosted node does now and has done.</summary>
    public IReadOnlyList<NodeSnapshot> Snapshot() => [.. Passes.Hosted.All.Select(runner => runner.ToSnapshot())];

    /// <summary>
    /// Claims, runs, commits and releases until nothing more happens by itself. Elements then have ended, or wait for
    /// time, for a signal, for a person, for another process, or for something that their handler awaits.
    /// </summary>
    /// <exception cref="InvalidOperationException">Elements go round and round without ever waiting.</exception>
    public async Task RunUntilQuietAsync()
    {
        await tables.DeclareAsync(CancellationToken.None);
        await Passes.Controls.RefreshOnceAsync();
        Passes.Poll();
        for (int i = 0; i < PassesMax; i++)
        {
            if (!await PassAsync())
                return;
        }

        throw new InvalidOperationException(
            $"The site is still busy after {PassesMax:N0} passes. Does a workflow send elements round without a Wait?");
    }

    /// <summary>
    /// Lets time pass, with everything that happens meanwhile at the instant when it is due: retries, waits, timeouts,
    /// rate limits, rules of aggregation queues, renewals of the lease, taking over from processes that have died.
    /// </summary>
    /// <param name="span">How much time passes.</param>
    public async Task AdvanceAsync(TimeSpan span)
    {
        await RunUntilQuietAsync();
        TimeSpan left = span;
        while (left > TimeSpan.Zero)
        {
            TimeSpan step = await NextStepAsync();
            step = step < left ? step : left;
            Time.Advance(step);
            left -= step;
            await Passes.Caretaker.RenewOnceAsync();
            Passes.Caretaker.SweepOnce();
            await Passes.Caretaker.ReclaimOnceAsync();
            await RunUntilQuietAsync();
        }
    }

    /// <summary>Stops gracefully: takes in no more, finishes what has begun, hands the rest back.</summary>
    public async Task StopAsync()
    {
        await Passes.StopTakingAsync();
        await RunUntilQuietAsync();
        await Passes.LeaveAsync();
    }

    /// <summary>Ends the process as a crash would: what it owns stays owned until its lease has run out.</summary>
    public ValueTask DisposeAsync()
    {
        Passes.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> PassAsync()
    {
        try
        {
            if (Passes.Custody.Epoch is null)
                await Passes.Caretaker.RenewOnceAsync();
            bool hasRun = scheduler.RunAll();
            bool hasCommitted = await Passes.Committer.CommitOnceAsync();
            int claimed = await Passes.Claimer.ClaimOnceAsync();
            int givenBack = await Passes.Claimer.GiveBackOnceAsync();
            int resolved = await Passes.ResolveChangesOnceAsync();
            int released = await Passes.Releaser.ReleaseOnceAsync();
            return hasRun || hasCommitted || claimed + givenBack > 0 || resolved > 0 || released > 0;
        }
        catch (EpochLostException lost)
        {
            Passes.Caretaker.EpochLost(lost.Epoch);
            return true;
        }
    }

    /// <summary>How far time can be moved without passing over anything that is due.</summary>
    private async Task<TimeSpan> NextStepAsync()
    {
        if (InFlight > 0)
            return SweepInterval;
        if (Store is not MemoryStore memory)
            return options.PollInterval;
        DateTimeOffset now = Time.GetUtcNow();
        TimeSpan untilDue = memory.State.Queues.NextDue - now ?? TimeSpan.MaxValue;
        TimeSpan untilRule = await Passes.Releaser.NextDueAsync() - now ?? TimeSpan.MaxValue;
        TimeSpan untilNext = untilDue < untilRule ? untilDue : untilRule;
        return untilNext > SweepInterval ? untilNext : SweepInterval;
    }

    // Counted, so that ids are the same in every run of a test; apart for each process, so that they cannot collide.
    private ElementId NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, ++idsMade);
        BitConverter.TryWriteBytes(bytes[8..], Passes.Custody.Epoch?.Value ?? 0);
        return new ElementId(new Guid(bytes));
    }
}
