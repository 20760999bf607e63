using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Reading;

/// <summary>Finds the bottleneck: measures each node, then follows calls that do not come back.</summary>
internal static class LoadReading
{
    private const double SaturatedFrom = 0.85;
    private const double GrowthShare = 0.1;

    private sealed record Measured(
        NodeAddress Node, long Arrivals, long Departures, long Runs, long Busy, long? RunsAtOnce, long Queued,
        long Calling);

    public static async Task<BottleneckReport> ReadAsync(Shelf tracking, DateTimeOffset since, DateTimeOffset until)
    {
        List<Measured> measured = await MeasureAsync(tracking, since, until);
        List<(NodeAddress Caller, NodeAddress At, long Count)> calls = await CallsAsync(tracking);
        Dictionary<NodeAddress, NodeLoad> loads = measured
            .Select(node => OfItself(node, until - since))
            .ToDictionary(load => load.Node);
        List<NodeLoad> judged =
            [.. loads.Values.Select(load => load with { BlockedBy = BlockedBy(load, loads, calls) })
                .Select(load => load is { BlockedBy: not null, Verdict: NodeVerdict.Flowing }
                    ? load with { Verdict = NodeVerdict.BlockedDownstream }
                    : load)];
        return new BottleneckReport(
            since, until,
            [
                .. judged.OrderByDescending(load => load.Verdict is NodeVerdict.Saturated or NodeVerdict.FallingBehind)
                    .ThenByDescending(load => load.Verdict == NodeVerdict.BlockedDownstream)
                    .ThenByDescending(load => load.TimeToDrain ?? (load.Queued > 0 ? TimeSpan.MaxValue : TimeSpan.Zero))
                    .ThenByDescending(load => load.Utilisation ?? 0),
            ]);
    }

    private static NodeLoad OfItself(Measured node, TimeSpan window)
    {
        double? canDo = node.RunsAtOnce is { } runs ? runs * window.TotalMicroseconds : null;
        double? utilisation = node.Busy / canDo;
        long growth = node.Arrivals - node.Departures;
        TimeSpan service = node.Runs == 0 ? TimeSpan.Zero : (node.Busy / node.Runs).ToDuration();
        double perElement = node.RunsAtOnce is { } atOnce && service > TimeSpan.Zero
            ? service.TotalMicroseconds / atOnce
            : node.Departures > 0 ? window.TotalMicroseconds / node.Departures : double.NaN;
        bool isSaturated = utilisation >= SaturatedFrom && node.Queued > 0;
        bool fallsBehind = node.Queued > 0 && growth > GrowthShare * node.Arrivals;
        return new NodeLoad(
            node.Node,
            isSaturated ? NodeVerdict.Saturated : fallsBehind ? NodeVerdict.FallingBehind : NodeVerdict.Flowing,
            utilisation, node.Queued, growth, node.Calling, null, service,
            double.IsNaN(perElement) ? null : TimeSpan.FromMicroseconds(node.Queued * perElement));
    }

    /// <summary>
    /// Follows what a node's elements called, by the larger part, to a node that is the matter itself.
    /// </summary>
    private static NodeAddress? BlockedBy(
        NodeLoad load, Dictionary<NodeAddress, NodeLoad> loads,
        List<(NodeAddress Caller, NodeAddress At, long Count)> calls)
    {
        HashSet<NodeAddress> seen = [load.Node];
        NodeAddress at = load.Node;
        while (calls.Where(call => call.Caller == at).OrderByDescending(call => call.Count).FirstOrDefault()
            is { Count: > 0 } most && seen.Add(most.At))
        {
            at = most.At;
            if (loads.GetValueOrDefault(at)?.Verdict is NodeVerdict.Saturated or NodeVerdict.FallingBehind)
                return at;
        }

        return null;
    }

    private static async Task<List<Measured>> MeasureAsync(Shelf tracking, DateTimeOffset since, DateTimeOffset until)
    {
        string queued = string.Join(
            ',', (int)TrackedState.Waiting, (int)TrackedState.Retrying, (int)TrackedState.Pausing,
            (int)TrackedState.Held);
        return await tracking.ReadAsync(
            $"""
            select n.workflow, n.version, n.name, coalesce(m.arrivals, 0), coalesce(m.departures, 0),
                coalesce(m.runs, 0), coalesce(m.busy, 0), c.runs, coalesce(d.queued, 0), coalesce(d.calling, 0)
            from waybill.node n
            left join (
                select node, cast(sum(arrivals) as bigint) as arrivals, cast(sum(departures) as bigint) as departures,
                    cast(sum(runs) as bigint) as runs, cast(sum(busy) as bigint) as busy
                from waybill.node_minute where minute >= @since and minute < @until group by node) m on m.node = n.id
            left join (
                select c.node, cast(sum(c.runs * s.processes) as bigint) as runs
                from waybill.capacity c join waybill.site s on s.id = c.site group by c.node) c on c.node = n.id
            left join (
                select node, cast(sum(case when state in ({queued}) then count else 0 end) as bigint) as queued,
                    cast(sum(case when state = {(int)TrackedState.Calling} then count else 0 end) as bigint) as calling
                from waybill.depth group by node) d on d.node = n.id
            where m.node is not null or d.queued > 0 or d.calling > 0
            """,
            row => new Measured(
                new NodeAddress(row.GetString(0), row.GetInt32(1), row.GetString(2)), row.GetInt64(3), row.GetInt64(4),
                row.GetInt64(5), row.GetInt64(6), row.OptionalLong(7), row.GetInt64(8), row.GetInt64(9)),
            ("@since", since.ToMicros() / PassTallies.Minute * PassTallies.Minute), ("@until", until.ToMicros()));
    }

    private static Task<List<(NodeAddress Caller, NodeAddress At, long Count)>> CallsAsync(Shelf tracking) =>
        tracking.ReadAsync(
            $"""
            select p.workflow, p.version, p.name, c.workflow, c.version, c.name, k.count
            from (
                select e.node as caller, b.node as at, count(*) as count
                from waybill.element b join waybill.element e on e.key = b.parent
                where b.ending is null and e.ending is null and e.state = {(int)TrackedState.Calling}
                group by e.node, b.node) k
            join waybill.node p on p.id = k.caller join waybill.node c on c.id = k.at
            """,
            row => (
                new NodeAddress(row.GetString(0), row.GetInt32(1), row.GetString(2)),
                new NodeAddress(row.GetString(3), row.GetInt32(4), row.GetString(5)), row.GetInt64(6)));
}
