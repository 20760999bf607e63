using System.Diagnostics;
using Waybill.Bench.Children;
using Waybill.Bench.Machine;
using Waybill.Bench.Workload;
using Waybill.Stores;
using Waybill.Tracking;
using Waybill.Tracking.Sqlite;

namespace Waybill.Bench.Figures;

/// <summary>What tracking did in a process of its own, and beside an engine.</summary>
/// <param name="RowsPerSecond">Journal rows taken in while catching up, one for each hop.</param>
/// <param name="RowsPerCpuSecond">The same by CPU time, reading the journal included.</param>
/// <param name="HopsPerSecond">How fast the engine was while tracking ran beside it.</param>
/// <param name="LagP99">
/// In milliseconds, from a hop's commit until tracking had it: 99 of 100 passes were faster.
/// </param>
/// <param name="LagMax">The longest, in milliseconds.</param>
internal sealed record TrackingTimes(
    double RowsPerSecond, double RowsPerCpuSecond, double HopsPerSecond, double LagP99, double LagMax);

/// <summary>
/// In a child process: runs all that waits, takes the whole journal in (families that finished move to the warehouse
/// meanwhile), then submits at a steady rate while a feed follows. Tracking is a SQLite file beside the site's store.
/// </summary>
internal static class TrackingWork
{
    private const int OrdersPerSecond = 1000;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    public static async Task<TrackingTimes> RunAsync(ChildTask task)
    {
        string folder = Directory.CreateTempSubdirectory("waybill-tracking-").FullName;
        try
        {
            await using (WorkerHost filling = await WorkerHost.StartAsync(task))
                await filling.HopsReachAsync((long)task.Elements * TenHops.Hops);
            await using SqliteTrackingStore tracking = new(Path.Combine(folder, "tracking.db"));
            await tracking.OpenAsync(CancellationToken.None);
            Stretch catchUp = await CatchUpAsync(task, tracking);
            (double hopsPerSecond, List<double> lags) = await FollowAsync(task, tracking);
            lags.Sort();
            return new TrackingTimes(
                catchUp.HopsPerSecond, 1000 / catchUp.CpuPerThousandHops, hopsPerSecond,
                lags[lags.Count * 99 / 100], lags[^1]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Stretch> CatchUpAsync(ChildTask task, TrackingStore tracking)
    {
        await using ISiteStore site = task.Place.CreateStore();
        await site.OpenAsync(CancellationToken.None);
        TrackingFeed feed = FeedOf(site, tracking);
        // Not counted: the first passes, with code that is yet to be compiled.
        await feed.PumpOnceAsync(CancellationToken.None);
        await feed.PumpOnceAsync(CancellationToken.None);
        await tracking.MoveAsync(1000, CancellationToken.None);
        UsageMeter meter = UsageMeter.Start(feed.Rows, task.Place.ServerProcess);
        while (await feed.PumpOnceAsync(CancellationToken.None) > 0)
            await tracking.MoveAsync(1000, CancellationToken.None);
        return meter.Stop(feed.Rows);
    }

    private static async Task<(double HopsPerSecond, List<double> Lags)> FollowAsync(
        ChildTask task, TrackingStore tracking)
    {
        await using WorkerHost host = await WorkerHost.StartAsync(task);
        TrackingFeed feed = FeedOf(host.Client.Store, tracking);
        using CancellationTokenSource ended = new();
        Task submitting = SubmitAsync(host, task.Span, ended);
        List<double> lags = [];
        long began = Stopwatch.GetTimestamp();
        long hops = host.Hops;
        using PeriodicTimer beat = new(Beat);
        while (!ended.IsCancellationRequested)
        {
            if (await feed.PumpOnceAsync(CancellationToken.None) > 0)
                lags.Add(feed.Lag.TotalMilliseconds);
            await tracking.MoveAsync(100, CancellationToken.None);
            await beat.WaitForNextTickAsync();
        }

        double hopsPerSecond = (host.Hops - hops) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await submitting;
        return (hopsPerSecond, lags);
    }

    private static async Task SubmitAsync(WorkerHost host, TimeSpan span, CancellationTokenSource ended)
    {
        OrderSource source = new(seed: 7);
        long began = Stopwatch.GetTimestamp();
        List<Task> submitted = [];
        using PeriodicTimer beat = new(Beat);
        for (int number = 0; Stopwatch.GetElapsedTime(began) < span;)
        {
            for (; number < Stopwatch.GetElapsedTime(began).TotalSeconds * OrdersPerSecond; number++)
                submitted.Add(host.Client.SubmitAsync(TenHops.Workflow, $"followed-{number}", source.Next()));
            await beat.WaitForNextTickAsync();
        }

        await Task.WhenAll(submitted);
        await ended.CancelAsync();
    }

    private static TrackingFeed FeedOf(ISiteStore site, TrackingStore tracking) =>
        new("bench", site, tracking, new TrackingOptions(), TimeProvider.System);
}
