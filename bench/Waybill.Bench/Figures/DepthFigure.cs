using Waybill.Bench.Children;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;

namespace Waybill.Bench.Figures;

/// <summary>(c) Whether a long queue makes the worker slower or larger.</summary>
internal sealed class DepthFigure(BenchOptions options, BenchReport report) : IFigure
{
    private const long MemoryMegabytesMax = 400;

    private readonly int[] depths = options.Quick ? [1_000, 10_000, 100_000] : [1_000, 100_000, 1_000_000];

    public IReadOnlyList<string> Letters => ["c"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<Place> places = [];
        foreach (int depth in depths)
        {
            // Besides those that wait, as many as are in flight.
            places.Add(await store.CreateFilledAsync(depth + options.InFlight, cancel));
            Progress.Say($"{store.Name} (c): {depth:N0} wait");
        }

        List<DepthStretch>[] runs = [.. depths.Select(_ => new List<DepthStretch>())];
        for (int run = 0; run < options.Runs; run++)
        {
            for (int i = 0; i < depths.Length; i++)
            {
                runs[i].Add(await RunAsync(places[i], cancel));
                (double hops, double memory) = (runs[i][^1].Stretch.HopsPerSecond, runs[i][^1].Megabytes);
                Progress.Say($"{store.Name} (c): {depths[i]:N0} wait: {hops:N0} hops/s, {memory:N0} MB");
            }
        }

        foreach (Place place in places)
            await store.RemoveAsync(place);
        Add(store, runs);
    }

    private Task<DepthStretch> RunAsync(Place place, CancellationToken cancel)
    {
        ChildTask task = new()
        {
            Work = ChildWork.Depth,
            Place = place,
            Elements = 0,
            Span = TimeSpan.FromSeconds(options.Quick ? 4 : 10),
            InFlightMax = options.InFlight,
        };
        return ChildProcess.RunAsync<DepthStretch>(task, cancel);
    }

    private void Add(StoreUnderTest store, List<DepthStretch>[] runs)
    {
        for (int i = 0; i < depths.Length; i++)
        {
            report.Add("c", $"throughput, {depths[i]:N0} wait", store, Unit.HopsPerSecond,
                runs[i].Select(run => run.Stretch.HopsPerSecond));
        }

        for (int i = 1; i < depths.Length; i++)
        {
            Target? target = i == depths.Length - 1 ? Target.AtLeast(0.8) : null;
            report.Add("c", $"{depths[i]:N0} / {depths[0]:N0} waiting", store, Unit.Ratio,
                runs[i].Zip(runs[0], (run, first) => run.Stretch.HopsPerSecond / first.Stretch.HopsPerSecond), target);
        }

        report.Add("c", $"memory, {depths[^1]:N0} wait", store, Unit.Megabytes,
            runs[^1].Select(run => run.Megabytes), Target.AtMost(MemoryMegabytesMax));
    }
}
