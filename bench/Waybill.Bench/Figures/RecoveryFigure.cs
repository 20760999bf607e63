using System.Diagnostics;
using Waybill.Bench.Children;
using Waybill.Bench.Report;
using Waybill.Bench.Sites;
using Waybill.Stores;

namespace Waybill.Bench.Figures;

/// <summary>
/// (d) How long after a kill -9 the next process makes its first hop, and how long until the elements that the killed
/// one owned move again.
/// </summary>
internal sealed class RecoveryFigure(BenchOptions options, BenchReport report) : IFigure
{
    private const int HopsBeforeKill = 20_000;

    // What may end before the second kill, with room to spare.
    private const int Spare = 15_000;
    private const int OwnedWatched = 100;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly int inFlight = options.Quick ? 20_000 : 100_000;

    public IReadOnlyList<string> Letters => ["d"];

    public async Task MeasureAsync(StoreUnderTest store, CancellationToken cancel)
    {
        List<double> firstHop = [];
        List<double> ownedMove = [];
        for (int run = 0; run < options.Runs; run++)
        {
            Place place = await store.CreateFilledAsync(inFlight + Spare, cancel);
            ChildTask task = new()
            {
                Work = ChildWork.Recovery,
                Place = place,
                Elements = inFlight,
                Hops = HopsBeforeKill,
                InFlightMax = options.InFlight,
            };
            firstHop.Add((await FirstHopAsync(task, cancel)).TotalSeconds);
            ownedMove.Add((await OwnedMoveAsync(task, cancel)).TotalSeconds);
            await store.RemoveAsync(place);
            Progress.Say($"{store.Name} (d): first hop after {firstHop[^1]:0.00} s, all owned {ownedMove[^1]:0.00} s");
        }

        report.Add("d", $"kill -9 with {inFlight:N0} in flight to first hop", store, Unit.Seconds,
            firstHop, Target.AtMost(3));
        report.Add("d", "  until all that it owned have moved", store, Unit.Seconds, ownedMove, Target.AtMost(15));
    }

    private static async Task<TimeSpan> FirstHopAsync(ChildTask task, CancellationToken cancel)
    {
        await using (ChildProcess first = await StartBusyAsync(task, cancel))
            await first.KillAsync();
        long killed = Stopwatch.GetTimestamp();
        await using ChildProcess next = ChildProcess.Start(task);
        await next.HearAsync<Hopped>(cancel);
        return Stopwatch.GetElapsedTime(killed);
    }

    private static async Task<TimeSpan> OwnedMoveAsync(ChildTask task, CancellationToken cancel)
    {
        await using (ChildProcess first = await StartBusyAsync(task, cancel))
            await first.KillAsync();
        long killed = Stopwatch.GetTimestamp();
        await using ISiteStore reader = task.Place.CreateReader();
        await reader.OpenAsync(cancel);
        Dictionary<long, int> hops = await OwnedAsync(reader, cancel);
        await using ChildProcess next = ChildProcess.Start(task);
        using PeriodicTimer look = new(LookInterval);
        while (hops.Count > 0 && await look.WaitForNextTickAsync(cancel))
        {
            IReadOnlyList<ElementFence> fences = await reader.Elements.FencesAsync([.. hops.Keys], cancel);
            HashSet<long> unmoved = [.. fences.Where(fence => fence.Hop == hops[fence.Key]).Select(fence => fence.Key)];
            foreach (long key in hops.Keys.Where(key => !unmoved.Contains(key)).ToArray())
                hops.Remove(key);
        }

        return Stopwatch.GetElapsedTime(killed);
    }

    private static async Task<ChildProcess> StartBusyAsync(ChildTask task, CancellationToken cancel)
    {
        ChildProcess child = ChildProcess.Start(task);
        await child.HearAsync<Hopped>(cancel);
        await child.HearAsync<Hopped>(cancel);
        return child;
    }

    /// <summary>
    /// Some of the elements that the killed worker owned, evenly from all, and how often they have moved.
    /// </summary>
    private static async Task<Dictionary<long, int>> OwnedAsync(ISiteStore store, CancellationToken cancel)
    {
        List<ElementSummary> owned = [];
        long? after = null;
        do
        {
            Page<ElementSummary> page = await store.Directory.ListAsync(
                new ElementFilter { State = ElementState.Owned }, new PageRequest(1000, after), cancel);
            owned.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Dictionary<long, int> hops = [];
        foreach (ElementSummary[] part in owned.Chunk(Math.Max(1, owned.Count / OwnedWatched)))
        {
            if (await store.Directory.FindAsync(ElementRef.Of(part[^1].Id), cancel) is { } element)
                hops.Add(element.Key, element.Summary.Hop);
        }

        return hops.Count > 0
            ? hops
            : throw new InvalidOperationException("The killed worker owned nothing; the measurement is void.");
    }
}
