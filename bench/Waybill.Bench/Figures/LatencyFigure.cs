using Waybill.Bench.Children;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>(b) How long ten hops take when little else goes on: 20 elements a second.</summary>
internal sealed class LatencyFigure(BenchOptions options, BenchReport report) : IFigure
{
    public IReadOnlyList<string> Letters => ["b"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<Latencies> runs = [];
        for (int run = 0; run < options.Runs; run++)
        {
            Place place = await store.CreateAsync(cancel);
            ChildTask task = new()
            {
                Work = ChildWork.Latency,
                Place = place,
                Elements = options.Quick ? 200 : 600,
                InFlightMax = options.InFlight,
            };
            runs.Add(await ChildProcess.RunAsync<Latencies>(task, cancel));
            await store.RemoveAsync(place);
            Progress.Say($"{store.Name} (b): p50 {runs[^1].P50:0.0} ms, p99 {runs[^1].P99:0.0} ms");
        }

        report.Add("b", "ten hops at 20 a second, p50", store, Unit.Milliseconds,
            runs.Select(run => run.P50), Target.AtMost(8));
        report.Add("b", "ten hops at 20 a second, p99", store, Unit.Milliseconds,
            runs.Select(run => run.P99), Target.AtMost(25));
    }
}
