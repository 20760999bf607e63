using System.Diagnostics;
using Waybill.Bench.Children;
using Waybill.Bench.Workload;
using Waybill.Stores;

namespace Waybill.Bench.Figures;

/// <summary>What an aggregation queue did; times in milliseconds, each the median of several.</summary>
/// <param name="Group">A question over all that is held, by group, with a sum and a least instant.</param>
/// <param name="GroupByTwo">The same question, by group and one column more.</param>
/// <param name="Page">A page of 100 that match two conditions, sorted by a column.</param>
/// <param name="Release">A release of 1,000 of one group.</param>
/// <param name="HeldPerSecond">Elements taken in and held.</param>
/// <param name="QueuedPerSecond">The same elements taken in by a true queue, in turn.</param>
internal sealed record HoldingTimes(
    double Group, double GroupByTwo, double Page, double Release, double HeldPerSecond, double QueuedPerSecond);

/// <summary>In a child process: fills an aggregation queue and a true queue in turn, then asks and releases.</summary>
internal static class HoldingWork
{
    private const int Chunk = 5000;
    private const int WarmUpChunks = 2;
    private const int Members = 1000;
    private const int Releases = 10;
    private const int Questions = 20;

    public static async Task<HoldingTimes> RunAsync(ChildTask task)
    {
        await using ISiteStore store = task.Place.CreateStore();
        Picklist picklist = new(store);
        await picklist.OpenAsync();
        (double held, double queued) = await FillAsync(picklist, task.Elements);
        HeldDesk<Parcel> desk = picklist.Desk;
        return new HoldingTimes(
            await MedianAsync(Questions, _ => GroupAsync(desk)),
            await MedianAsync(Questions, _ => GroupAsync(desk, desk.Column(parcel => parcel.Zone))),
            await MedianAsync(Questions, i => PageAsync(desk, i)),
            await ReleaseAsync(desk),
            held,
            queued);
    }

    private static async Task<(double Held, double Queued)> FillAsync(Picklist picklist, int elements)
    {
        int chunks = elements / Chunk;
        TimeSpan held = TimeSpan.Zero;
        TimeSpan queued = TimeSpan.Zero;
        for (int i = 0; i < chunks; i++)
        {
            TimeSpan ofHeld = await TimeAsync(() => picklist.InsertAsync(Chunk, held: true));
            TimeSpan ofQueued = await TimeAsync(() => picklist.InsertAsync(Chunk, held: false));
            if (i < WarmUpChunks)
                continue;
            held += ofHeld;
            queued += ofQueued;
        }

        double counted = (double)Chunk * (chunks - WarmUpChunks);
        return (counted / held.TotalSeconds, counted / queued.TotalSeconds);
    }

    private static Task<IReadOnlyList<HeldGroup>> GroupAsync(HeldDesk<Parcel> desk, params string[] columns) =>
        desk.GroupAsync(new HeldQuery
        {
            GroupBy = [HeldQuery.GroupKey, .. columns],
            Measures =
            [
                new HeldMeasure(desk.Column(p => p.WeightGrams), HeldFunction.Sum),
                new HeldMeasure(desk.Column(p => p.PromisedBy), HeldFunction.Min),
            ],
        });

    private static Task<HeldPage> PageAsync(HeldDesk<Parcel> desk, int number)
    {
        int least = 1000 + (number * 50);
        return desk.ListAsync(
            desk.Where(parcel => parcel.Zone == "C" && parcel.WeightGrams >= least),
            new HeldPageRequest(SortBy: desk.Column(parcel => parcel.PromisedBy)));
    }

    private static async Task<double> ReleaseAsync(HeldDesk<Parcel> desk)
    {
        HeldGroup[] groups = [.. (await GroupAsync(desk)).Where(group => group.Count >= Members).Take(Releases)];
        return await MedianAsync(groups.Length, async i =>
        {
            HeldFilter filter = new() { Group = groups[i].Keys[0].Text };
            ReleasedBatch released = await desk.ReleaseAsync(filter, new Actor("bench"), Members);
            if (released.Members != Members)
                throw new InvalidOperationException($"Released {released.Members}, not {Members}.");
        });
    }

    /// <summary>The first time is not counted: it compiles code and plans.</summary>
    private static async Task<double> MedianAsync(int times, Func<int, Task> act)
    {
        double[] took = new double[times];
        for (int i = 0; i < times; i++)
            took[i] = (await TimeAsync(() => act(i))).TotalMilliseconds;
        double[] sorted = [.. took.Skip(1).Order()];
        return sorted[sorted.Length / 2];
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> act)
    {
        long began = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(began);
    }
}
