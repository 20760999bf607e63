using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// After the storm: clocks are set right, networks are up, every run succeeds, people see to what waits for them. Then
/// everything must come to its end.
/// </summary>
internal sealed class Calm(World world, Action startProcess, int version)
{
    private const int RoundsMax = 600;

    // So long what is paused stays so, and everything else goes on.
    private const int PausedRounds = 5;

    // Long enough for runs that hang to be given up.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);

    public void Run()
    {
        Begin();
        int round = 0;
        while (!HasEnded())
        {
            if (world.Violations.Count > 0)
                return;
            if (++round > RoundsMax)
            {
                Stuck();
                return;
            }

            Round();
            world.Clients.Finish(world.Processes[^1]);
            world.Workers.Finish(world.Processes[^1]);
            if (round > PausedRounds)
                world.Operators.Finish(world.Processes[^1]);
        }

        for (TimeSpan passed = TimeSpan.Zero; passed < Aftermath && HasRuns(); passed += TimeSpan.FromMilliseconds(500))
            Round();
        Round();
        world.Reader.ReadOut();
    }

    private void Begin()
    {
        world.Trace("calm");
        world.IsCalm = true;
        world.OutageUntil = TimeSpan.Zero;
        foreach (SimulatedProcess process in world.Processes)
        {
            process.GoOn();
            if (process.Version != version && !process.IsDead)
                process.Die();
        }

        startProcess();
        SetClocks();
    }

    /// <summary>
    /// Sets all clocks to the latest. Leases move along: if they ran out now, what a process has lost sight of would be
    /// taken over, and a bug stay hidden.
    /// </summary>
    private void SetClocks()
    {
        DateTimeOffset latest = world.Processes.Select(process => process.Time.GetUtcNow())
            .Append(world.StoreTime.GetUtcNow()).Max();
        TimeSpan jump = latest - world.StoreTime.GetUtcNow();
        foreach (MemoryWorker worker in world.Store.State.Workers.Values)
            worker.LeaseUntil += jump;
        world.StoreTime.SetUtcNow(latest);
        world.NoteStoreTime();
        foreach (SimulatedProcess process in world.Processes)
            process.Time.SetUtcNow(latest);
    }

    private void Round()
    {
        world.Processes.RemoveAll(process => process.IsDead);
        for (int i = world.Deliveries.Count - 1; i >= 0; i--)
        {
            if (world.Deliveries[i].GoOn(world))
                world.Deliveries.RemoveAt(i);
        }

        foreach (SimulatedProcess process in world.Processes.ToArray())
            process.ActOnAll();
        StoreChecks.Run(world);
        world.Advance(TimeSpan.FromMilliseconds(world.Chance.Next(100, 700)));
    }

    private bool HasEnded() =>
        world.Store.State.Elements.Count == 0
        && world.Deliveries.Count == 0
        && world.Clients.Roots.All(root => root.Accepted is not null);

    private bool HasRuns() =>
        world.Processes.Any(process => process.Passes.Hosted.All.Any(runner => runner.ToSnapshot().Running > 0));

    private void Stuck()
    {
        foreach (MemoryElement element in world.Store.State.Elements.Values)
        {
            world.Violated(
                $"{World.NumberOf(element.Id)}:{element.Hop} is stuck at {element.Node}: {element.Place.State}, "
                + $"owner {element.Place.Owner?.Value}, {element.Place.PendingCalls} calls pending");
        }

        foreach (Root root in world.Clients.Roots.Where(root => root.Accepted is null))
            world.Violated($"{root.Key} was never accepted");
        if (world.Violations.Count == 0)
            world.Violated("a call is stuck on its way");
    }
}
