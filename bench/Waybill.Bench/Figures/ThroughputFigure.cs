using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Figures;

/// <summary>
/// (a) Throughput at saturation, beside the limit of the store that is measured in between, and (e) what it costs.
/// </summary>
internal sealed class ThroughputFigure(BenchOptions options, BenchReport report) : IFigure
{
    // As many as the store's caches do not make much easier, in random order; and as many as are in flight.
    private const int LimitElements = 20_000;

    public IReadOnlyList<string> Letters => ["a", "e"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<Stretch> waybill = [];
        List<Stretch> limit = [];
        List<Stretch> limitInFlight = [];
        for (int run = 0; run < options.Runs; run++)
        {
            limit.Add(await LimitAsync(store, LimitElements, cancel));
            waybill.Add(await WaybillAsync(store, cancel));
            limitInFlight.Add(await LimitAsync(store, options.InFlight, cancel));
            (double hops, double bare, double bareInFlight) =
                (waybill[^1].HopsPerSecond, limit[^1].HopsPerSecond, limitInFlight[^1].HopsPerSecond);
            Progress.Say($"{store.Name} (a): {hops:N0} hops/s, limits {bare:N0} and {bareInFlight:N0}");
        }

        if (options.Wants("a"))
            AddThroughput(store, waybill, limit, limitInFlight);
        if (options.Wants("e"))
            AddCosts(store, waybill);
    }

    private async Task<Stretch> WaybillAsync(StoreUnderTest store, CancellationToken cancel)
    {
        Place place = await store.CreateFilledAsync(options.Elements, cancel);
        Stretch stretch = await ChildProcess.RunAsync<Stretch>(
            new ChildTask
            {
                Work = ChildWork.Throughput,
                Place = place,
                Elements = options.Elements,
                InFlightMax = options.InFlight,
            },
            cancel);
        await store.RemoveAsync(place);
        return stretch;
    }

    private async Task<Stretch> LimitAsync(StoreUnderTest store, int elements, CancellationToken cancel)
    {
        Place place = await store.CreateAsync(cancel);
        Stretch stretch = await ChildProcess.RunAsync<Stretch>(
            new ChildTask
            {
                Work = ChildWork.Limit,
                Place = place,
                Elements = elements,
                Hops = (long)options.Elements * TenHops.Hops / 2,
                InFlightMax = options.InFlight,
            },
            cancel);
        await store.RemoveAsync(place);
        return stretch;
    }

    private void AddThroughput(
        StoreUnderTest store, List<Stretch> waybill, List<Stretch> limit, List<Stretch> limitInFlight)
    {
        double least = store.Kind is StoreKind.Sqlite ? 50_000 : 40_000;
        string inFlight = $"{options.InFlight:N0} in flight";
        report.Add("a", $"throughput, {inFlight}", store, Unit.HopsPerSecond,
            waybill.Select(run => run.HopsPerSecond), Target.AtLeast(least));
        report.Add("a", $"limit: bare loop over {LimitElements:N0}", store, Unit.HopsPerSecond,
            limit.Select(run => run.HopsPerSecond));
        report.Add("a", $"throughput / limit over {LimitElements:N0}", store, Unit.Ratio,
            Ratios(waybill, limit), Target.AtLeast(0.5));
        report.Add("a", $"limit: bare loop over {options.InFlight:N0}", store, Unit.HopsPerSecond,
            limitInFlight.Select(run => run.HopsPerSecond));
        report.Add("a", $"throughput / limit over {options.InFlight:N0}", store, Unit.Ratio,
            Ratios(waybill, limitInFlight), Target.AtLeast(0.5));
    }

    private void AddCosts(StoreUnderTest store, List<Stretch> waybill)
    {
        report.Add("e", "CPU per 1,000 hops", store, Unit.Seconds,
            waybill.Select(run => run.CpuPerThousandHops), Target.AtMost(0.05));
        report.Add("e", "  of which the worker", store, Unit.Seconds,
            waybill.Select(run => run.Own.Cpu * 1000 / run.Hops));
        report.Add("e", "  of which the server", store, Unit.Seconds,
            waybill.Select(run => run.Server.Cpu * 1000 / run.Hops));
        report.Add("e", "written per 1,000 hops", store, Unit.Kilobytes,
            waybill.Select(run => (run.Own + run.Server).Bytes / 1.024 / run.Hops));
        report.Add("e", "  of which by the server", store, Unit.Kilobytes,
            waybill.Select(run => run.Server.Bytes / 1.024 / run.Hops));
    }

    // Run by run, since runs far apart differ more than what is compared.
    private static IEnumerable<double> Ratios(List<Stretch> runs, List<Stretch> limits) =>
        runs.Zip(limits, (run, limit) => run.HopsPerSecond / limit.HopsPerSecond);
}
