using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Definition;
using Waybill.Engine;
using Waybill.Engine.Remote;
using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>
/// One process: the engine's passes, each loop with at most one under way, and everything that would run on its
/// threads. The simulation decides which of them goes on next.
/// </summary>
internal sealed class SimulatedProcess : SynchronizationContext, IRunScheduler, IDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainTimeMax = TimeSpan.FromSeconds(3);
    private static readonly Loop[] Loops =
    [
        Loop.Controls, Loop.GiveBack, Loop.Commit, Loop.Claim, Loop.Lease, Loop.Sweep, Loop.Poll, Loop.Change,
        Loop.Purge, Loop.Release,
    ];

    private readonly World world;
    private readonly FaultyStore store;
    private readonly HeldTables tables;
    private readonly Queue<Action> posts = new();
    private readonly List<IThreadPoolWorkItem> runs = [];
    private readonly SortedDictionary<Loop, Task> underWay = [];
    private readonly List<(Task Call, Action<Task> Done)> calls = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private volatile bool hasStrayed;
    private bool hasReadControls;
    private int readBeforeRelease;
    private TimeSpan pausedUntil;
    private TimeSpan? stoppingSince;

    public SimulatedProcess(World world, int number, int version, IReadOnlyList<string> hostedNodes)
    {
        this.world = world;
        Name = $"p{number}";
        Version = version;
        Time = new FakeTime(world.StoreTime.GetUtcNow());
        SiteOptions options = new()
        {
            WorkerName = Name,
            LeaseDuration = Lease,
            InFlightMax = 8,
            ClaimBatchMax = 4,
            CommitBatchMax = 5,
            Json = Trip.Json,
        };
        foreach (string node in hostedNodes)
            options.HostedNodes.Add(node);
        TripRuns code = new(world, this);
        Workflows = Trips.All(code, version);
        SiteDefinition site = SiteDefinition.Checked(Workflows, options);
        store = new FaultyStore(world.Site, new Wire(world, this));
        tables = new HeldTables(site, store);
        EndingWatch endings = new();
        Remote = new RemoteNodes(
            Time, new RemoteLeaseNames(() => world.NewId().ToString(), () => world.NewId().ToString()));
        Client = new SiteClient(site, store, Time, endings, world.NewId);
        Passes = new Passes(
            new EngineContext(
                site, store, Time, this, world.NewId, endings, Client.Commits, Remote, NullLoggerFactory.Instance),
            NoServices.Instance);
        Passes.Releaser.Released += (queue, _, _) => world.Operators.Released(this, queue, readBeforeRelease);
    }

    private enum Loop
    {
        Commit,
        Claim,
        Lease,
        Sweep,
        Poll,
        Change,
        Purge,
        Release,
        Controls,
        GiveBack,
        Stop,
    }

    public string Name { get; }

    public int Version { get; }

    public IReadOnlyList<Workflow> Workflows { get; }

    public FakeTime Time { get; }

    public Passes Passes { get; }

    public SiteClient Client { get; }

    /// <summary>Its desk for remote workers.</summary>
    public RemoteNodes Remote { get; }

    /// <summary>Up to when it has read what operators say: see <see cref="Operators.Said"/>.</summary>
    public int ControlsRead { get; private set; }

    /// <summary>Runs that have begun and end when the simulation says so.</summary>
    public List<Action> OpenRuns { get; } = [];

    public bool IsDead { get; private set; }

    public bool IsPaused => world.Now < pausedUntil;

    public bool IsStopping => stoppingSince is not null;

    /// <summary>Whether it can do nothing more until time passes or somebody else acts.</summary>
    public bool IsIdle => runs.Count == 0 && OpenRuns.Count == 0 && posts.Count == 0 && underWay.Count == 0;

    public void Schedule(IThreadPoolWorkItem run) => runs.Add(run);

    public override void Post(SendOrPostCallback d, object? state)
    {
        // What comes from another thread comes at any moment, and no seed would bring it back.
        if (Environment.CurrentManagedThreadId == thread)
            posts.Enqueue(() => d(state));
        else
            hasStrayed = true;
    }

    /// <summary>Does something on this process's only thread, with all that follows from it.</summary>
    public void Do(Action action)
    {
        SetSynchronizationContext(this);
        action();
        while (!IsDead && posts.TryDequeue(out Action? next))
            next();
        SetSynchronizationContext(null);
        Conclude();
    }

    /// <summary>Calls the site as a client in this process would.</summary>
    public void Call(Func<Task> call, Action<Task> done) => Do(() => calls.Add((call(), done)));

    public void Die()
    {
        IsDead = true;
        store.Disconnect();
        Passes.Dispose();
    }

    public void Dispose()
    {
        if (!IsDead)
            Die();
    }

    /// <summary>Stands still for longer than its lease.</summary>
    public void Pause() => pausedUntil = world.Now + (Lease * (1.1 + world.Chance.NextDouble()));

    public void GoOn() => pausedUntil = TimeSpan.Zero;

    public void BeginToStop() => stoppingSince ??= world.Now;

    /// <summary>Does one thing that it could do next, chosen by chance.</summary>
    public void Act()
    {
        int choice = world.Chance.Next(20);
        if (Passes.Custody.Epoch is null && choice < 10)
            Pass(Loop.Lease);
        else if (choice < 8 && runs.Count > 0)
            Execute(world.Chance.Next(runs.Count));
        else if (choice < 11 && OpenRuns.Count > 0)
            End(world.Chance.Next(OpenRuns.Count));
        else if (IsStopping && choice == 19)
            Pass(Loop.Stop);
        else
            Pass(choice switch
            {
                < 14 => Loop.Commit,
                < 16 => Loop.Claim,
                < 18 => Loop.Lease,
                _ => world.OneOf(Loops),
            });
    }

    /// <summary>Does everything that it can do now, and what follows from it.</summary>
    public void ActOnAll()
    {
        Array.ForEach(Loops, Pass);
        for (int i = 0; i < 3 && !IsDead; i++)
        {
            while (runs.Count > 0)
                Execute(0);
            while (OpenRuns.Count > 0)
                End(0);
            Pass(Loop.Commit);
            Pass(Loop.Claim);
        }

        if (IsStopping)
            Pass(Loop.Stop);
    }

    private void Execute(int index)
    {
        IThreadPoolWorkItem run = runs[index];
        runs.RemoveAt(index);
        Do(run.Execute);
    }

    private void End(int index)
    {
        Action end = OpenRuns[index];
        OpenRuns.RemoveAt(index);
        Do(end);
    }

    private void Pass(Loop loop)
    {
        if (IsDead || underWay.ContainsKey(loop))
            return;
        Do(() => underWay[loop] = Begin(loop));
    }

    private async Task KeepLeaseAsync()
    {
        if (!hasReadControls)
            await ObeyAsync();
        await tables.DeclareAsync(CancellationToken.None);
        await Passes.Caretaker.KeepLeaseOnceAsync();
        await Passes.Caretaker.LookForDeadOnceAsync();
    }

    private async Task ObeyAsync()
    {
        int said = world.Operators.Said;
        await Passes.Controls.RefreshOnceAsync();
        (ControlsRead, hasReadControls) = (Math.Max(ControlsRead, said), true);
    }

    private async Task GiveBackAsync()
    {
        if (await Passes.Claimer.GiveBackOnceAsync() > 0)
            world.Met(Occasion.GivenBack);
    }

    private async Task ReleaseAsync()
    {
        await tables.DeclareAsync(CancellationToken.None);
        readBeforeRelease = ControlsRead;
        await Passes.Releaser.ReleaseOnceAsync();
    }

    private Task Begin(Loop loop)
    {
        switch (loop)
        {
            case Loop.Commit:
                return Passes.Committer.CommitOnceAsync();
            case Loop.Claim:
                return Passes.Claimer.ClaimOnceAsync();
            case Loop.Lease:
                return KeepLeaseAsync();
            case Loop.Change:
                return Passes.ResolveChangesOnceAsync();
            case Loop.Purge:
                return Passes.Caretaker.PurgeOnceAsync();
            case Loop.Release:
                return ReleaseAsync();
            case Loop.Controls:
                // Not beside the first reading, which comes before all loops.
                return hasReadControls ? ObeyAsync() : Task.CompletedTask;
            case Loop.GiveBack:
                return GiveBackAsync();
            case Loop.Stop:
                return StopOnceAsync();
            case Loop.Sweep:
                Passes.Caretaker.SweepOnce();
                return Task.CompletedTask;
            default:
                Passes.Poll();
                return Task.CompletedTask;
        }
    }

    /// <summary>One step of a graceful stop, as the worker does it.</summary>
    private async Task StopOnceAsync()
    {
        TimeSpan left = DrainTimeMax - (world.Now - stoppingSince!.Value);
        await Remote.DrainAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None);
        await Passes.StopTakingAsync();
        TimeSpan since = world.Now - stoppingSince!.Value;
        if (since > DrainTimeMax)
        {
            foreach (NodeRunner runner in Passes.Hosted.All)
                runner.CancelRuns();
        }

        if (Passes.Custody.Count > 0 && since < DrainTimeMax * 2)
            return;
        await Passes.LeaveAsync();
        Die();
    }

    /// <summary>Looks at what has ended: passes as the worker's loops do, clients' calls as their clients do.</summary>
    private void Conclude()
    {
        if (IsDead)
            return;
        if (hasStrayed)
            world.Violated($"something in {Name} went on by another thread");
        foreach ((Loop loop, Task pass) in underWay.Where(entry => entry.Value.IsCompleted).ToArray())
        {
            underWay.Remove(loop);
            if (pass.Exception?.InnerException is { } error)
                Failed(loop, error);
        }

        foreach ((Task Call, Action<Task> Done) ended in calls.Where(entry => entry.Call.IsCompleted).ToArray())
        {
            calls.Remove(ended);
            ended.Done(ended.Call);
        }

        if (Passes.Custody.Count > Passes.Context.Options.InFlightMax)
            world.Violated($"{Name} owns {Passes.Custody.Count} elements, more than it may");
    }

    private void Failed(Loop loop, Exception error)
    {
        switch (error)
        {
            case EpochLostException lost:
                world.Trace($"{Name} lost its epoch");
                Passes.Caretaker.EpochLost(lost.Epoch);
                break;
            case StoreUnavailableException or CommitOutcomeUnknownException:
                break;
            default:
                world.Violated($"the {loop} pass of {Name} threw {error}");
                break;
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
