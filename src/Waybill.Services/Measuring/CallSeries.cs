namespace Waybill.Services.Measuring;

/// <summary>Whose calls of what are counted, as seen from which side.</summary>
internal readonly record struct CallKey(CallSide Side, string Caller, string Service, string Operation);

/// <summary>How a call went.</summary>
internal enum CallEnding
{
    /// <summary>With a result.</summary>
    Answered,

    /// <summary>With a no: a refusal, or arguments that were not understood. An answer too.</summary>
    Refused,

    /// <summary>With none.</summary>
    Failed,
}

/// <summary>
/// The calls of one kind in the last minutes: a ring of minutes, each forgotten when its turn comes again.
/// </summary>
internal sealed class CallSeries(OperationAttribute promise)
{
    private readonly Lock gate = new();
    private readonly Minute[] ring = [.. Enumerable.Range(0, CallMeter.MinutesKept).Select(_ => new Minute())];

    public OperationAttribute Promise { get; } = promise;

    public void Add(long minute, TimeSpan latency, CallEnding ending)
    {
        lock (gate)
        {
            Minute current = ring[minute % ring.Length];
            if (current.Number != minute)
                current.Begin(minute);
            current.Latencies.Add(latency);
            current.Refused += ending == CallEnding.Refused ? 1 : 0;
            current.Failed += ending == CallEnding.Failed ? 1 : 0;
        }
    }

    /// <summary>All that was counted up to a minute, and not forgotten.</summary>
    public CallCount Sum(long minute)
    {
        LatencyHistogram latencies = new();
        long refused = 0;
        long failed = 0;
        lock (gate)
        {
            foreach (Minute kept in ring.Where(kept => kept.Number > minute - ring.Length))
            {
                latencies.Add(kept.Latencies);
                refused += kept.Refused;
                failed += kept.Failed;
            }
        }

        return new CallCount(latencies, refused, failed);
    }

    private sealed class Minute
    {
        public long Number { get; private set; } = long.MinValue;

        public LatencyHistogram Latencies { get; } = new();

        public int Refused { get; set; }

        public int Failed { get; set; }

        public void Begin(long number)
        {
            Number = number;
            Latencies.Clear();
            Refused = Failed = 0;
        }
    }
}

/// <summary>Calls that were counted: how long all took, and those that were refused or failed.</summary>
internal sealed record CallCount(LatencyHistogram Latencies, long Refused, long Failed)
{
    public long Calls => Latencies.Count;
}
