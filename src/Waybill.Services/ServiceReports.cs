using Waybill.Services.Measuring;
using Waybill.Stores;

namespace Waybill.Services;

/// <summary>
/// Tells how services keep their promises: all processes of the site that have a registry together. Without a site's
/// store it tells of this process.
/// </summary>
public sealed class ServiceReports
{
    private readonly CallMeter meter;
    private readonly ISiteStore? store;

    internal ServiceReports(CallMeter meter, ISiteStore? store)
    {
        this.meter = meter;
        this.store = store;
    }

    /// <summary>
    /// Each operation, by who calls it and by who measured, in order of service, operation, caller: who keeps its
    /// promise, who breaks it for whom.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<IReadOnlyList<ServiceLevel>> LevelsAsync(CancellationToken cancel = default)
    {
        IEnumerable<ReportedCalls> calls = await CallsAsync(cancel);
        return
        [
            .. calls.GroupBy(call => new CallKey(call.Side, call.Caller, call.Service, call.Operation))
                .Select(LevelOf)
                .OrderBy(level => level.Service, StringComparer.Ordinal)
                .ThenBy(level => level.Operation, StringComparer.Ordinal)
                .ThenBy(level => level.Caller, StringComparer.Ordinal)
                .ThenBy(level => level.Side),
        ];
    }

    /// <summary>
    /// Who called whom: the live graph of services. A call is counted as its caller measured it; as its callee did,
    /// where the caller does not report.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<IReadOnlyList<ServiceEdge>> GraphAsync(CancellationToken cancel = default)
    {
        IEnumerable<ReportedCalls> calls = await CallsAsync(cancel);
        return
        [
            .. calls.GroupBy(call => (call.Caller, call.Service))
                .Select(EdgeOf)
                .OrderBy(edge => edge.Caller, StringComparer.Ordinal)
                .ThenBy(edge => edge.Service, StringComparer.Ordinal),
        ];
    }

    private async Task<IReadOnlyList<ReportedCalls>> CallsAsync(CancellationToken cancel)
    {
        if (store is null)
            return [.. meter.Sum().Select(counted => ReportedCalls.Of(counted.Key, counted.Promise, counted.Count))];
        List<ReportedCalls> calls = [];
        PageRequest? page = new();
        while (page is not null)
        {
            Page<StoredRecord> records =
                await store.Records.ListAsync(new RecordFilter(ReportPublisher.Kind), page, cancel);
            calls.AddRange(records.Items.SelectMany(record => ReportJson.Read(record.Value.Span)?.Calls ?? []));
            page = records.Next is null ? null : new PageRequest(After: records.Next);
        }

        return calls;
    }

    private static ServiceLevel LevelOf(IGrouping<CallKey, ReportedCalls> same)
    {
        // Processes of two releases may promise different things; what the last one to report says, counts.
        ReportedCalls promise = same.Last();
        LatencyHistogram latencies = Merge(same);
        return new ServiceLevel(
            same.Key.Side,
            same.Key.Caller,
            same.Key.Service,
            same.Key.Operation,
            latencies.Count,
            same.Sum(calls => calls.Refused),
            same.Sum(calls => calls.Failed),
            promise.Percentile,
            latencies.At(promise.Percentile),
            promise.LatencyMs == 0 ? null : promise.LatencyMs,
            promise.Availability == 0 ? null : promise.Availability);
    }

    private static ServiceEdge EdgeOf(IGrouping<(string Caller, string Service), ReportedCalls> pair)
    {
        CallSide side = pair.Any(calls => calls.Side == CallSide.Caller) ? CallSide.Caller : CallSide.Callee;
        ReportedCalls[] counted = [.. pair.Where(calls => calls.Side == side)];
        LatencyHistogram latencies = Merge(counted);
        bool isBroken = counted.GroupBy(call => new CallKey(call.Side, call.Caller, call.Service, call.Operation))
            .Any(same => LevelOf(same).IsBroken);
        return new ServiceEdge(
            pair.Key.Caller,
            pair.Key.Service,
            latencies.Count,
            counted.Sum(calls => calls.Failed),
            latencies.At(99),
            isBroken);
    }

    private static LatencyHistogram Merge(IEnumerable<ReportedCalls> calls)
    {
        LatencyHistogram merged = new();
        foreach (ReportedCalls one in calls)
            merged.Add(LatencyHistogram.FromPairs(one.Latencies));
        return merged;
    }
}
