using Waybill.Definition;

namespace Waybill.Engine;

/// <summary>
/// How much a node may do now: the strictest of what it declares, of what operators say, and of what its code has room
/// for. Not thread-safe: the runner's lock guards it.
/// </summary>
internal sealed class Throttle(PlacedNode node, NodeCode code, EngineContext context)
{
    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(1);

    private NodeControl control = new(node.Address);
    private RateLimit? rate = node.Definition.Rate;
    private TokenBucket? bucket =
        node.Definition.Rate is { } declared ? new TokenBucket(declared, context.Time) : null;

    /// <summary>Whether operators have stopped it.</summary>
    public bool IsPaused => control.IsPaused;

    /// <summary>How many runs may go on at once.</summary>
    public int RunsMax => IsPaused ? 0 : Math.Min(ConcurrencyMax, code.RoomMax);

    /// <summary>Obeys operators from now on.</summary>
    /// <returns>Whether that changes anything.</returns>
    public bool Obey(NodeControl given)
    {
        if (given == control)
            return false;
        control = given;
        RateLimit? limit = Stricter(node.Definition.Rate, given.ToRate());
        if (limit != rate)
        {
            rate = limit;
            bucket = limit is null ? null : new TokenBucket(limit, context.Time);
        }

        return true;
    }

    /// <summary>How many of so many elements the rate lets begin now.</summary>
    public int Take(int max) => bucket?.Take(max) ?? max;

    /// <summary>How long until the rate lets one begin.</summary>
    public TimeSpan UntilNext() => bucket?.UntilNext() ?? TimeSpan.Zero;

    /// <summary>How many elements may wait in memory: what will be run within about a second.</summary>
    /// <param name="averageRunTicks">How long a run takes; 0 while that is not known.</param>
    /// <param name="runs">Those that go on.</param>
    public int HeldMax(double averageRunTicks, List<Run> runs)
    {
        if (IsPaused)
            return 0;
        return Math.Min(LeftOver(runs), Math.Min(context.Options.InFlightMax, HeldByPace(averageRunTicks)));
    }

    /// <summary>How many of those that wait in memory will not be run before long: others may have room.</summary>
    /// <param name="ready">How many wait.</param>
    /// <param name="runs">Those that go on.</param>
    public int Excess(int ready, List<Run> runs) => IsPaused ? ready : Math.Max(0, ready - LeftOver(runs));

    private int ConcurrencyMax => Math.Min(node.Definition.ConcurrencyMax, control.ConcurrencyMax ?? int.MaxValue);

    private int HeldByPace(double averageRunTicks)
    {
        int concurrency = ConcurrencyMax * code.BatchMax;
        if (averageRunTicks == 0)
            return 2 * concurrency;
        double perHoldTime = HoldTime.Ticks / averageRunTicks * concurrency;
        if (rate is not null)
            perHoldTime = Math.Min(perHoldTime, HoldTime / rate.Per * rate.Runs);
        return (int)Math.Min(context.Options.InFlightMax, concurrency + perHoldTime);
    }

    // Few nodes count their room; the others are not to count their runs for it at each hop.
    private int LeftOver(List<Run> runs) => code.RoomMax is var room and < int.MaxValue
        ? Math.Max(0, room - runs.Count(run => run.Elements.Count > 0))
        : int.MaxValue;

    private static RateLimit? Stricter(RateLimit? declared, RateLimit? given) =>
        declared is null || (given is not null && PerSecond(given) < PerSecond(declared)) ? given : declared;

    private static double PerSecond(RateLimit limit) => limit.Runs / limit.Per.TotalSeconds;
}
