using Waybill.Bench.Children;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>(g) How fast tracking takes a journal in, and how far it lags behind an engine that works.</summary>
internal sealed class TrackingFigure(BenchOptions options, BenchReport report) : IFigure
{
    public IReadOnlyList<string> Letters => ["g"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<TrackingTimes> runs = [];
        for (int run = 0; run < options.Runs; run++)
        {
            Place place = await store.CreateFilledAsync(options.Elements, cancel);
            ChildTask task = new()
            {
                Work = ChildWork.Tracking,
                Place = place,
                Elements = options.Elements,
                InFlightMax = options.InFlight,
                Span = TimeSpan.FromSeconds(options.Quick ? 5 : 20),
            };
            runs.Add(await ChildProcess.RunAsync<TrackingTimes>(task, cancel));
            await store.RemoveAsync(place);
            TrackingTimes last = runs[^1];
            Progress.Say($"{store.Name} (g): {last.RowsPerSecond:N0} rows/s, {last.RowsPerCpuSecond:N0} by CPU second");
            Progress.Say($"{store.Name} (g): lag p99 {last.LagP99:0} ms beside {last.HopsPerSecond:N0} hops/s");
        }

        report.Add("g", "tracking catches up", store, Unit.HopsPerSecond, runs.Select(run => run.RowsPerSecond));
        report.Add("g", "  per CPU second", store, Unit.HopsPerSecond,
            runs.Select(run => run.RowsPerCpuSecond), Target.AtLeast(30_000));
        report.Add("g", "hops beside tracking", store, Unit.HopsPerSecond, runs.Select(run => run.HopsPerSecond));
        report.Add("g", "  lag p99", store, Unit.Milliseconds, runs.Select(run => run.LagP99), Target.AtMost(1000));
        report.Add("g", "  lag, longest", store, Unit.Milliseconds, runs.Select(run => run.LagMax));
    }
}
