using System.Diagnostics.Metrics;

namespace Waybill.Tracking;

/// <summary>
/// What tracking tells of itself, as instruments of the meter <c>Waybill.Tracking</c>: rows taken in and how far
/// behind each site is, rows set aside, families moved, and failed passes (a loop that fails again and again retries
/// for ever; this is where it says so).
/// </summary>
internal sealed class TrackingMetrics : IDisposable
{
    public const string MeterName = "Waybill.Tracking";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> failures;
    private readonly Counter<long> moved;

    public TrackingMetrics(IReadOnlyList<TrackingFeed> feeds)
    {
        failures = meter.CreateCounter<long>("waybill.tracking.failures", "{pass}", "Passes of a loop that failed");
        moved = meter.CreateCounter<long>("waybill.tracking.moved", "{family}", "Families moved to the warehouse");
        meter.CreateObservableCounter(
            "waybill.tracking.rows", () => feeds.Select(feed => Of(feed, feed.Rows)), "{row}", "Journal rows taken in");
        meter.CreateObservableGauge(
            "waybill.tracking.lag", () => feeds.Select(feed => Of(feed, feed.Lag.TotalSeconds)), "s",
            "Age of the oldest row of a pass when it was taken in, or of the oldest that cannot be taken in");
        meter.CreateObservableGauge(
            "waybill.tracking.lag.rows", () => feeds.Select(feed => Of(feed, feed.RowsBehind)), "{row}",
            "Rows that are yet to be taken in");
        meter.CreateObservableGauge(
            "waybill.tracking.aside", () => feeds.Select(feed => Of(feed, feed.RowsAside)), "{row}",
            "Rows that are set aside because they cannot be taken in");
    }

    public void PassFailed(string loop) => failures.Add(1, new KeyValuePair<string, object?>("loop", loop));

    public void Moved(int families) => moved.Add(families);

    public void Dispose() => meter.Dispose();

    private static Measurement<T> Of<T>(TrackingFeed feed, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("site", feed.Site));
}
