namespace Waybill.Testing.Simulation;

/// <summary>
/// Those who pause, resume and limit nodes while the site is at work; and what must hold of it: a process that has read
/// what they say begins nothing at a paused node, and no more runs at a limited one.
/// </summary>
internal sealed class Operators(World world)
{
    private readonly Dictionary<string, Standing> standings = [];

    /// <summary>How often anything was said: the time of what is said and of what has been read.</summary>
    public int Said { get; private set; }

    /// <summary>One operator says something of some node, and now and then another resumes it meanwhile.</summary>
    public void Act(SimulatedProcess process)
    {
        NodeAddress node = world.OneOf(Trips.ControlledBy(process.Version));
        // An aggregation queue has no limits.
        int choice = world.Chance.Next(node.Node == Trips.Shelf.Name ? 7 : 10);
        NodeLimits limits = choice switch
        {
            >= 9 => NodeLimits.None,
            8 => new NodeLimits(RatePerSecond: world.Chance.Next(2, 6)),
            _ => new NodeLimits(ConcurrencyMax: 1),
        };
        switch (choice)
        {
            case < 4:
                Call(process, $"pauses {node}", desk => desk.PauseAsync(node, Clients.Operator));
                break;
            case < 7:
                Resume(process, Paused(process) is { Length: > 0 } paused ? world.OneOf(paused) : node);
                break;
            default:
                Call(process, $"limits {node} to {limits}", desk => desk.LimitAsync(node, limits, Clients.Operator));
                break;
        }

        if (world.Chance.Next(3) == 0)
            Resume(process, node);
    }

    /// <summary>All that is paused goes on.</summary>
    public void Finish(SimulatedProcess process) =>
        Array.ForEach(Paused(process), node => Resume(process, node));

    /// <summary>Sees whether anything waits where every process knows that nothing is to begin.</summary>
    public void Look()
    {
        int readByAll = world.Processes.Min(process => process.IsDead ? null : (int?)process.ControlsRead) ?? 0;
        bool waits = world.Store.State.Elements.Values.Any(element =>
            element.Place.State == ElementState.Ready
            && standings.GetValueOrDefault(element.Node.ToString())?.PausedSince <= readByAll);
        if (waits)
            world.Met(Occasion.PauseObeyed);
    }

    /// <summary>Notes what the store holds of a node from now on.</summary>
    public void Hold(string node, NodeControl control)
    {
        Said++;
        Standing before = standings.GetValueOrDefault(node) ?? new Standing(null, null, 0);
        standings[node] = new Standing(
            control.IsPaused ? before.PausedSince ?? Said : null,
            control.ConcurrencyMax,
            control.ConcurrencyMax == before.RunsMax ? before.LimitedSince : Said);
        world.Met(control switch
        {
            { IsPaused: true } => Occasion.NodePaused,
            _ when before.PausedSince is not null => Occasion.NodeResumed,
            _ => Occasion.NodeLimited,
        });
    }

    /// <summary>A run has begun.</summary>
    public void Began(SimulatedProcess process, NodeAddress node)
    {
        if (standings.GetValueOrDefault(node.ToString()) is not { } standing)
            return;
        CheckPaused(standing, process.ControlsRead, $"{process.Name} begins a run at {node}");
        int running = process.Passes.Hosted.Find(node)!.ToSnapshot().Running;
        if (running > standing.RunsMax && standing.LimitedSince <= process.ControlsRead)
            world.Violated($"{process.Name} has {running} runs at {node}, which is limited to {standing.RunsMax}");
    }

    /// <summary>A rule has released, in a pass that began when its process had read what was said until then.</summary>
    public void Released(SimulatedProcess process, NodeAddress queue, int read)
    {
        if (standings.GetValueOrDefault(queue.ToString()) is { } standing)
            CheckPaused(standing, read, $"{process.Name} releases from {queue}");
    }

    private void CheckPaused(Standing standing, int read, string what)
    {
        if (standing.PausedSince <= read)
            world.Violated($"{what}, which is paused");
    }

    private NodeAddress[] Paused(SimulatedProcess process) =>
    [
        .. Trips.ControlledBy(process.Version)
            .Where(node => standings.GetValueOrDefault(node.ToString()) is { PausedSince: not null }),
    ];

    private void Resume(SimulatedProcess process, NodeAddress node) =>
        Call(process, $"resumes {node}", desk => desk.ResumeAsync(node, Clients.Operator));

    private void Call(SimulatedProcess process, string what, Func<NodeControlDesk, Task> act)
    {
        world.Trace($"{process.Name} operator {what}");
        process.Call(() => act(process.Client.Controls), _ => { });
    }

    /// <summary>What is said of one node.</summary>
    /// <param name="PausedSince">Since when it is paused without a break; null when it is not.</param>
    /// <param name="RunsMax">How many runs may go on at once; null for what it declares.</param>
    /// <param name="LimitedSince">Since when that holds.</param>
    private sealed record Standing(int? PausedSince, int? RunsMax, int LimitedSince);
}
