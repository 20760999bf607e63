using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Waybill.Server.Watching;

/// <summary>
/// Keeps what instruments of this process tell, in memory: Waybill's own, and those of ASP.NET Core and the runtime.
/// Bounded: series beyond <see cref="SeriesMax"/> are left out.
/// </summary>
internal sealed class Instruments : IDisposable
{
    private const int SeriesMax = 10_000;

    private static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    // Bounds for durations, in seconds or milliseconds: what is looked at is where the bulk and the tail are.
    private static readonly double[] Bounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000];

    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> all = new();
    private readonly MeterListener listener = new();

    public Instruments()
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            string meter = instrument.Meter.Name;
            if (meter.StartsWith("Waybill", StringComparison.Ordinal) || Meters.Contains(meter))
                listening.EnableMeasurementEvents(instrument);
        };
        listener.MeasurementsCompleted = (instrument, _) => Forget(instrument);
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    public void WriteTo(StringBuilder text)
    {
        listener.RecordObservableInstruments();
        foreach (IGrouping<Instrument, (string Labels, Series Series)> group in all
            .GroupBy(pair => pair.Key.Instrument, pair => (pair.Key.Labels, pair.Value))
            .OrderBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            Write(text, group.Key, group.OrderBy(one => one.Labels, StringComparer.Ordinal));
        }
    }

    public void Dispose() => listener.Dispose();

    private static void Write(StringBuilder text, Instrument instrument, IEnumerable<(string, Series)> group)
    {
        string name = PrometheusText.Name(instrument.Name);
        string kind = KindOf(instrument);
        PrometheusText.Head(text, name, kind, instrument.Description);
        foreach ((string labels, Series series) in group)
        {
            if (kind != "histogram")
            {
                PrometheusText.Sample(text, name, labels, series.Value);
                continue;
            }

            (long[] counts, long count, double sum) = series.Read();
            long below = 0;
            for (int i = 0; i <= Bounds.Length; i++)
            {
                below += counts[i];
                string bound = i < Bounds.Length ? Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                string comma = labels.Length == 0 ? "" : ",";
                PrometheusText.Sample(text, name + "_bucket", $"{labels}{comma}le=\"{bound}\"", below);
            }

            PrometheusText.Sample(text, name + "_sum", labels, sum);
            PrometheusText.Sample(text, name + "_count", labels, count);
        }
    }

    private static string KindOf(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.Contains("UpDown", StringComparison.Ordinal) || type.Contains("Gauge", StringComparison.Ordinal)
                ? "gauge" : "counter";
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (Instrument, string) key = (instrument, PrometheusText.Labels(tags));
        if (!all.TryGetValue(key, out Series? series))
        {
            if (all.Count >= SeriesMax)
                return;
            series = all.GetOrAdd(key, _ => new Series());
        }

        if (instrument.IsObservable || KindOf(instrument) == "gauge" && !IsUpDown(instrument))
            series.Set(value);
        else
            series.Add(value);
    }

    private static bool IsUpDown(Instrument instrument) =>
        instrument.GetType().Name.Contains("UpDown", StringComparison.Ordinal);

    private void Forget(Instrument instrument)
    {
        foreach ((Instrument Instrument, string Labels) key in all.Keys.Where(key => key.Instrument == instrument))
            all.TryRemove(key, out _);
    }

    private sealed class Series
    {
        private readonly Lock gate = new();
        private readonly long[] counts = new long[Bounds.Length + 1];
        private double sum;
        private long count;

        public double Value
        {
            get
            {
                lock (gate)
                    return sum;
            }
        }

        public void Set(double value)
        {
            lock (gate)
                sum = value;
        }

        public void Add(double value)
        {
            int at = Array.BinarySearch(Bounds, value);
            lock (gate)
            {
                sum += value;
                count++;
                counts[at < 0 ? ~at : at]++;
            }
        }

        public (long[] Counts, long Count, double Sum) Read()
        {
            lock (gate)
                return ([.. counts], count, sum);
        }
    }
}
