using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Waybill.Tracking;

/// <summary>
/// Runs the feeds and the moves to the warehouse with the host. A loop whose pass fails pauses, up to half a minute,
/// and tries again: sites do not notice, their journals wait.
/// </summary>
public sealed partial class TrackingService : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly TrackingStore store;
    private readonly IReadOnlyList<TrackingFeed> feeds;
    private readonly TrackingOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<TrackingService> log;
    private readonly TrackingMetrics metrics;
    private bool isOpen;

    /// <summary>Runs feeds.</summary>
    /// <param name="store">Where they lead; it is opened here.</param>
    /// <param name="feeds">One for each site.</param>
    /// <param name="options">How often.</param>
    /// <param name="time">The clock of pauses and months.</param>
    /// <param name="log">Tells of pauses.</param>
    /// <exception cref="InvalidOperationException">Options are wrong.</exception>
    public TrackingService(
        TrackingStore store, IReadOnlyList<TrackingFeed> feeds, TrackingOptions options, TimeProvider time,
        ILogger<TrackingService> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.store, this.feeds, this.options, this.time, this.log) = (store, feeds, options.Checked(), time, log);
        metrics = new TrackingMetrics(feeds);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        metrics.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A store may be away for hours, and some answer on the caller's thread: the host must not wait for either.
        await Task.Yield();
        await LoopAsync("open", options.PollInterval, OpenOnceAsync, stoppingToken, isDone: () => isOpen);
        await Task.WhenAll(
        [
            .. feeds.Select(feed => Task.Run(
                () => LoopAsync(feed.Site, options.PollInterval, cancel => PumpOnceAsync(feed, cancel), stoppingToken),
                stoppingToken)),
            Task.Run(() => LoopAsync("warehouse", options.MoveInterval, MoveOnceAsync, stoppingToken), stoppingToken),
        ]);
    }

    private async Task<int> OpenOnceAsync(CancellationToken cancel)
    {
        await store.OpenAsync(cancel);
        isOpen = true;
        return 1;
    }

    private async Task<int> PumpOnceAsync(TrackingFeed feed, CancellationToken cancel)
    {
        long before = feed.RowsAside;
        int done = await feed.PumpOnceAsync(cancel);
        if (feed.RowsAside > before)
            LogAside(feed.Site, feed.RowsAside);
        return done;
    }

    /// <summary>
    /// Moves as many families as one pass may; then drops months that are no longer kept, and texts of rows set aside.
    /// </summary>
    internal async Task<int> MoveOnceAsync(CancellationToken cancel)
    {
        int moved = await store.MoveAsync(options.MoveMax, cancel);
        metrics.Moved(moved);
        if (moved == 0)
            await DropOldAsync(time.GetUtcNow(), cancel);
        return moved;
    }

    private async Task DropOldAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (options.MonthsKept is { } months)
        {
            DateOnly today = DateOnly.FromDateTime(now.UtcDateTime);
            await store.DropMonthsBeforeAsync(today.AddMonths(-months), cancel);
        }

        if (options.AsideTextKept is { } kept
            && await store.ForgetAsideAsync(now - kept, cancel) is > 0 and int forgotten)
            LogForgotten(forgotten);
    }

    /// <summary>Runs passes one after the other, and rests after one that found nothing to do.</summary>
    private async Task LoopAsync(
        string name, TimeSpan rest, Func<CancellationToken, Task<int>> pass, CancellationToken stopping,
        Func<bool>? isDone = null)
    {
        TimeSpan pause = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested && isDone?.Invoke() != true)
        {
            try
            {
                int done = await pass(stopping);
                if (pause > TimeSpan.Zero)
                    LogRecovered(name);
                pause = TimeSpan.Zero;
                if (done == 0)
                    await Task.Delay(rest, time, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                metrics.PassFailed(name);
                if (pause == TimeSpan.Zero)
                    LogPaused(name, error);
                TimeSpan doubled = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                pause = pause == TimeSpan.Zero ? FirstPause : doubled;
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(5001, LogLevel.Error, "Tracking of {Loop} pauses and will try again; nothing is lost")]
    private partial void LogPaused(string loop, Exception error);

    [LoggerMessage(5002, LogLevel.Information, "Tracking of {Loop} goes on")]
    private partial void LogRecovered(string loop);

    [LoggerMessage(
        5003, LogLevel.Error, "{Rows} journal rows of {Site} cannot be taken in and are set aside; the others go on")]
    private partial void LogAside(string site, long rows);

    [LoggerMessage(
        5004, LogLevel.Warning,
        "The texts of {Rows} rows set aside are forgotten: nobody could tell in time whose data they are")]
    private partial void LogForgotten(int rows);
}
