using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Waybill.Engine;

/// <summary>
/// What a worker tells of itself, as instruments of the meter <c>Waybill</c>: elements in flight, hops per node by
/// outcome, releases by rules, and failed passes per loop (a loop that fails again and again retries
/// for ever; this is where it says so).
/// </summary>
internal sealed class WorkerMetrics : IDisposable
{
    public const string MeterName = "Waybill";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> failedPasses;
    private readonly Counter<long> releases;
    private readonly Counter<long> members;

    public WorkerMetrics(Worker worker)
    {
        failedPasses = meter.CreateCounter<long>("waybill.loop.failures", "{pass}", "Passes of a loop that failed");
        releases = meter.CreateCounter<long>("waybill.held.releases", "{batch}", "Batches that rules released");
        members = meter.CreateCounter<long>("waybill.held.released", "{element}", "Elements that rules released");
        meter.CreateObservableGauge(
            "waybill.elements.in_flight", () => worker.InFlight, "{element}", "Elements that this process owns");
        meter.CreateObservableCounter(
            "waybill.node.hops", () => worker.Snapshot().SelectMany(ToHops), "{hop}", "Hops from a node, by outcome");
    }

    public void PassFailed(string loop) => failedPasses.Add(1, new KeyValuePair<string, object?>("loop", loop));

    public void Released(NodeAddress queue, string rule, int count)
    {
        TagList tags = new() { { "node", queue.ToString() }, { "rule", rule } };
        releases.Add(1, tags);
        members.Add(count, tags);
    }

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> ToHops(NodeSnapshot node) =>
    [
        Of(node, node.Completed, "completed"),
        Of(node, node.Retried, "retried"),
        Of(node, node.Diverted, "diverted"),
        Of(node, node.Sidelined, "sidelined"),
    ];

    private static Measurement<long> Of(NodeSnapshot node, long count, string outcome) => new(
        count,
        new KeyValuePair<string, object?>("node", node.Node.ToString()),
        new KeyValuePair<string, object?>("outcome", outcome));
}
