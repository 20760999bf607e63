using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Waybill.Services.Contracts;

namespace Waybill.Services.Measuring;

/// <summary>
/// Counts the calls that this process makes and carries out: as the instrument <c>waybill.service.call.duration</c> of
/// the meter <c>Waybill.Services</c>, and for the reports of the last minutes. Thread-safe.
/// </summary>
internal sealed class CallMeter : IDisposable
{
    public const string MeterName = "Waybill.Services";
    public const int MinutesKept = 5;

    // Callers name themselves; however many names they make up, they fit into memory.
    private const int SeriesMax = 1000;
    private const string OtherCallers = "(others)";

    private readonly ConcurrentDictionary<CallKey, CallSeries> series = new();
    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> duration;
    private readonly TimeProvider time;

    public CallMeter(TimeProvider time)
    {
        this.time = time;
        duration = meter.CreateHistogram<double>(
            "waybill.service.call.duration", "s", "How long calls took, by side, caller, operation and ending");
    }

    public void Add(CallSide side, string caller, OperationContract operation, TimeSpan latency, CallEnding ending)
    {
        if (!operation.IsMeasured)
            return;
        CallKey key = new(side, caller, operation.Service.Address, operation.Name);
        if (!series.TryGetValue(key, out CallSeries? counted))
        {
            key = series.Count < SeriesMax ? key : key with { Caller = OtherCallers };
            counted = series.GetOrAdd(key, _ => new CallSeries(operation.Terms));
        }

        counted.Add(MinuteNow(), latency, ending);
        if (duration.Enabled)
        {
            TagList tags = new()
            {
                { "side", side == CallSide.Caller ? "caller" : "callee" },
                { "caller", key.Caller },
                { "operation", operation.Address },
                { "ending", ending.ToString().ToLowerInvariant() },
            };
            duration.Record(latency.TotalSeconds, tags);
        }
    }

    /// <summary>What was counted in the last minutes, of each kind of which there was anything.</summary>
    public IReadOnlyList<(CallKey Key, OperationAttribute Promise, CallCount Count)> Sum()
    {
        long minute = MinuteNow();
        return
        [
            .. series.Select(counted => (counted.Key, counted.Value.Promise, counted.Value.Sum(minute)))
                .Where(counted => counted.Item3.Calls > 0),
        ];
    }

    public void Dispose() => meter.Dispose();

    private long MinuteNow() => time.GetTimestamp() / (time.TimestampFrequency * 60);
}
