namespace Waybill.Tracking.Folding;

/// <summary>What happened at a node in an hour.</summary>
internal sealed class HourTally
{
    public long Arrivals { get; set; }

    public long Completions { get; set; }

    public long Retries { get; set; }

    public long Diverted { get; set; }

    public long Sidelined { get; set; }

    /// <summary>How long elements waited for a run.</summary>
    public Histogram Waiting { get; set; } = new();

    /// <summary>How long runs took.</summary>
    public Histogram Service { get; set; } = new();

    /// <summary>How long runs went on within the hour, together.</summary>
    public long Busy { get; set; }
}

/// <summary>What happened at a node in a minute; what a bottleneck is found by.</summary>
internal sealed class MinuteTally
{
    public long Arrivals { get; set; }

    public long Departures { get; set; }

    public long Runs { get; set; }

    public long Busy { get; set; }
}

/// <summary>What became of a workflow's elements in a day.</summary>
internal sealed class DayTally
{
    public long Accepted { get; set; }

    /// <summary>How many ended, by <see cref="Ending"/>.</summary>
    public long[] Ended { get; } = new long[4];

    /// <summary>From acceptance to the end.</summary>
    public Histogram Duration { get; set; } = new();
}

/// <summary>All that a pass adds to statistics.</summary>
internal sealed class PassTallies
{
    public const long Minute = 60_000_000;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;

    /// <summary>How long minutes are kept.</summary>
    public const long MinutesKept = Day;

    private int lastNode;
    private long lastMinute = -1;
    private (HourTally Hour, MinuteTally Minute) last;

    public Dictionary<(int Node, long Hour), HourTally> Hours { get; } = [];

    public Dictionary<(int Node, long Minute), MinuteTally> Minutes { get; } = [];

    public Dictionary<(string Workflow, int Version, long Day), DayTally> Days { get; } = [];

    /// <summary>By how much the number of elements at a node in a state changes.</summary>
    public Dictionary<(int Node, TrackedState State), int> Depths { get; } = [];

    /// <summary>The tallies of a node at an instant.</summary>
    public (HourTally Hour, MinuteTally Minute) At(int node, long at)
    {
        long minute = at / Minute;
        if (node != lastNode || minute != lastMinute)
        {
            last = (Entry(Hours, (node, at / Hour * Hour)), Entry(Minutes, (node, minute * Minute)));
            (lastNode, lastMinute) = (node, minute);
        }

        return last;
    }

    /// <summary>Counts the time of a run in the hours in which it went on.</summary>
    public void Work(int node, long until, long worked)
    {
        long begun = until - worked;
        for (long end = until; end > begun;)
        {
            long hour = (end - 1) / Hour * Hour;
            long from = Math.Max(begun, hour);
            Entry(Hours, (node, hour)).Busy += end - from;
            end = from;
        }
    }

    public DayTally OfDay(NodeAddress node, long at) => Entry(Days, (node.Workflow, node.Version, at / Day * Day));

    public void Count(int node, TrackedState state, int change) =>
        Depths[(node, state)] = Depths.GetValueOrDefault((node, state)) + change;

    private static TTally Entry<TKey, TTally>(Dictionary<TKey, TTally> tallies, TKey key)
        where TKey : notnull
        where TTally : new()
    {
        if (!tallies.TryGetValue(key, out TTally? tally))
            tallies.Add(key, tally = new TTally());
        return tally;
    }
}
