namespace Waybill.Testing.Simulation;

/// <summary>
/// Runs the real engine in several processes on one thread in virtual time, does to it what the world can do, and then
/// checks that nothing was lost, doubled, overtaken or left behind. See simulation.md beside this file.
/// </summary>
public sealed class Simulator
{
    private static readonly TimeSpan ClockJumpMax = TimeSpan.FromSeconds(10);

    private readonly World world;
    private readonly bool isUpgraded;
    private int processesStarted;

    private Simulator(SimulationSettings settings)
    {
        world = new World(settings);
        isUpgraded = world.Chance.Next(3) == 0;
    }

    /// <summary>Runs once. The same settings give the same run, to the last step.</summary>
    /// <param name="settings">Which run.</param>
    public static SimulationResult Run(SimulationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Simulator simulator = new(settings);
            simulator.Run();
            return simulator.ToResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Run()
    {
        for (int i = 0; i < 2; i++)
            Start(subset: false);
        for (int i = 0; i < world.Settings.StormSteps && world.Violations.Count == 0; i++)
            StormStep(i);
        if (world.Violations.Count == 0)
            new Calm(world, () => Start(subset: false), isUpgraded ? 2 : 1).Run();
        if (world.Violations.Count == 0)
            FinalChecks.Run(world);
        world.Processes.ForEach(process => process.Dispose());
    }

    private void StormStep(int step)
    {
        world.Processes.RemoveAll(process => process.IsDead);
        if (world.Processes.Count == 0)
            Start(world.Happens(0.3));
        switch (world.Chance.Next(100))
        {
            case < 6:
                PassTime();
                break;
            case < 15:
                Client();
                break;
            case < 16:
                if (world.Happens(world.Harshness))
                    Trouble();
                break;
            case < 18:
                world.Reader.Act();
                break;
            case < 23:
                if (SomeProcess() is { } reached)
                    world.Workers.Act(reached);
                break;
            case < 40 when world.Deliveries.Count > 0:
                Deliver();
                break;
            default:
                if (SomeProcess() is { } process)
                    process.Act();
                break;
        }

        if (step % 50 == 0)
            StoreChecks.Run(world);
    }

    private void PassTime() => world.Advance(TimeSpan.FromMilliseconds(world.Chance.Next(20) switch
    {
        < 15 => world.Chance.Next(1, 50),
        < 19 => world.Chance.Next(50, 400),
        _ => world.Chance.Next(400, world.Happens(world.Harshness) ? 3000 : 600),
    }));

    private void Client()
    {
        if (SomeProcess() is { } process)
            world.Clients.Act(process);
    }

    private void Deliver()
    {
        Delivery delivery = world.OneOf(world.Deliveries);
        if (delivery.CanGoOn && delivery.GoOn(world))
            world.Deliveries.Remove(delivery);
    }

    private void Trouble()
    {
        SimulatedProcess process = world.OneOf(world.Processes);
        switch (world.Chance.Next(10))
        {
            case < 2:
                world.Fired(FaultKind.Crash, process.Name);
                process.Die();
                break;
            case < 4 when world.Processes.Count < 3:
                Start(world.Happens(0.5));
                break;
            case < 6:
                world.Fired(FaultKind.Pause, process.Name);
                process.Pause();
                break;
            case < 7:
                world.Fired(FaultKind.GracefulStop, process.Name);
                process.BeginToStop();
                break;
            case < 8:
                world.Fired(FaultKind.Outage, "store");
                world.OutageUntil = world.Now + TimeSpan.FromMilliseconds(world.Chance.Next(200, 4000));
                break;
            default:
                JumpClock(world.Happens(0.5) ? world.StoreTime : process.Time);
                break;
        }
    }

    private void JumpClock(FakeTime clock)
    {
        TimeSpan jump = ClockJumpMax * ((world.Chance.NextDouble() * 2) - 1);
        world.Fired(jump < TimeSpan.Zero ? FaultKind.ClockBack : FaultKind.ClockForth, "clock");
        clock.SetUtcNow(clock.GetUtcNow() + jump);
        world.NoteStoreTime();
    }

    private void Start(bool subset)
    {
        // From the middle on, a run with an upgrade starts the newer version beside what still runs the older one.
        int version = isUpgraded && processesStarted >= 3 ? 2 : 1;
        version = world.IsCalm && isUpgraded ? 2 : version;
        string[] hosted =
            [.. Trips.Nodes.Select(node => node.Name).Where(_ => subset && world.Chance.Next(2) == 0)];
        SimulatedProcess process = new(world, ++processesStarted, version, hosted);
        world.Processes.Add(process);
        world.Trace($"{process.Name} starts version {version} {string.Join(' ', hosted)}");
        if (hosted.Length > 0)
            world.Fired(FaultKind.RestartWithSubset, process.Name);
        if (version == 2)
            world.Fired(FaultKind.Upgrade, process.Name);
    }

    /// <summary>One of those that do not stand still; when all do, time passes.</summary>
    private SimulatedProcess? SomeProcess()
    {
        SimulatedProcess[] moving = [.. world.Processes.Where(process => !process.IsPaused)];
        if (moving.Length > 0)
            return world.OneOf(moving);
        PassTime();
        return null;
    }

    private SimulationResult ToResult() => new()
    {
        Seed = world.Settings.Seed,
        TraceHash = world.TraceHash,
        Violations = world.Violations,
        Faults = world.Faults,
        Occasions = world.Occasions,
        Events = world.Store.State.Journal.CountBy(row => row.Kind).ToDictionary(),
        Trace = world.TraceLines,
    };
}
