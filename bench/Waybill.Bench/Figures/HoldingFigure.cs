using Waybill.Bench.Children;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>(f) What an aggregation queue answers and releases with many held, and what holding costs.</summary>
internal sealed class HoldingFigure(BenchOptions options, BenchReport report) : IFigure
{
    private readonly int held = options.Quick ? 20_000 : 100_000;

    public IReadOnlyList<string> Letters => ["f"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<HoldingTimes> runs = [];
        for (int run = 0; run < options.Runs; run++)
        {
            Place place = await store.CreateAsync(cancel);
            ChildTask task = new()
            {
                Work = ChildWork.Holding,
                Place = place,
                Elements = held,
                InFlightMax = options.InFlight,
            };
            runs.Add(await ChildProcess.RunAsync<HoldingTimes>(task, cancel));
            await store.RemoveAsync(place);
            HoldingTimes last = runs[^1];
            Progress.Say(
                $"{store.Name} (f): groups {last.Group:0.0} ms, by two {last.GroupByTwo:0.0} ms");
            Progress.Say(
                $"{store.Name} (f): page {last.Page:0.0} ms, release {last.Release:0.0} ms");
        }

        report.Add("f", $"{held:N0} held: group by, sum and least", store, Unit.Milliseconds,
            runs.Select(run => run.Group), Target.AtMost(50));
        report.Add("f", "grouped by a column more", store, Unit.Milliseconds, runs.Select(run => run.GroupByTwo));
        report.Add("f", "filtered, sorted page of 100", store, Unit.Milliseconds,
            runs.Select(run => run.Page), Target.AtMost(20));
        report.Add("f", "release of 1,000", store, Unit.Milliseconds,
            runs.Select(run => run.Release), Target.AtMost(150));
        report.Add("f", "inserts, held / true queue", store, Unit.Ratio,
            runs.Select(run => run.HeldPerSecond / run.QueuedPerSecond), Target.AtLeast(0.7));
    }
}
