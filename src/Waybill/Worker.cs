using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Engine;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// Runs the hosted nodes of a site in this process: claims elements, runs their code, commits their hops. Any number of
/// processes may run workers on one site, where the store allows it.
/// </summary>
public sealed partial class Worker : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CancelledRunsMax = TimeSpan.FromSeconds(5);

    private readonly EngineContext context;
    private readonly IServiceProvider services;
    private readonly IHostApplicationLifetime? lifetime;
    private readonly ILogger log;
    private readonly WorkerMetrics metrics;
    private readonly CancellationTokenSource stopped = new();
    private Passes? passes;

    internal Worker(EngineContext context, IServiceProvider services, IHostApplicationLifetime? lifetime)
    {
        this.context = context;
        this.services = services;
        this.lifetime = lifetime;
        log = context.Logging.CreateLogger<Worker>();
        metrics = new WorkerMetrics(this);
    }

    /// <summary>What each hosted node does now and has done since the start; empty before the start.</summary>
    public IReadOnlyList<NodeSnapshot> Snapshot() =>
        passes is null ? [] : [.. passes.Hosted.All.Select(runner => runner.ToSnapshot())];

    /// <summary>How many elements this process owns now.</summary>
    public int InFlight => passes?.Custody.Count ?? 0;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await context.Store.OpenAsync(cancellationToken);
        LogOpened(context.Store.Description);
        await new HeldTables(context.Site, context.Store).DeclareAsync(cancellationToken);
        passes = new Passes(context, services);
        passes.Releaser.Released += metrics.Released;
        await passes.Controls.RefreshOnceAsync();
        foreach ((NodeAddress queue, NodeAddress start) in passes.Hosted.BatchesRunElsewhere)
            LogBatchesElsewhere(queue, start);
        await passes.Caretaker.RenewOnceAsync();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Begins the graceful stop while the host's servers still answer: hands out nothing more to remote workers, and
    /// waits up to <see cref="SiteOptions.DrainTimeMax"/> for what they bring. What is left goes back to its queues.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting early.</param>
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        context.Remote.DrainAsync(context.Options.DrainTimeMax, cancellationToken);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Stops gracefully: takes in no more, waits for begun runs up to <see cref="SiteOptions.DrainTimeMax"/>, cancels
    /// those that are left, commits what they bring, and hands everything else back.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting early.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (passes is not null && !stopped.IsCancellationRequested)
        {
            try
            {
                await DrainAsync(passes, cancellationToken);
            }
            catch (Exception error)
            {
                // Nothing is lost: the next process takes over what this one still owns.
                LogDrainFailed(error);
            }
        }

        await stopped.CancelAsync();
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        passes?.Dispose();
        metrics.Dispose();
        stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Passes all = passes!;
        await Task.WhenAll(
            LoopAsync("commit", all.Outbox.Wake.WaitAsync, all.Committer.CommitOnceAsync),
            LoopAsync("claim", all.Claimer.Wake.WaitAsync, all.Claimer.ClaimOnceAsync),
            LoopAsync("lease", Every(SweepInterval), all.Caretaker.KeepLeaseOnceAsync),
            LoopAsync("reclaim", Every(SweepInterval), all.Caretaker.LookForDeadOnceAsync),
            LoopAsync("sweep", Every(SweepInterval), Done(all.Caretaker.SweepOnce)),
            LoopAsync("controls", Every(context.Options.PollInterval), all.Controls.RefreshOnceAsync),
            LoopAsync("give-back", Every(SweepInterval), all.Claimer.GiveBackOnceAsync),
            LoopAsync("changes", Every(context.Options.PollInterval), () => ResolveAllAsync(all)),
            LoopAsync("release", all.Releaser.Wake.WaitAsync, all.Releaser.ReleaseOnceAsync),
            LoopAsync("poll", Every(context.Options.PollInterval), Done(all.Poll)),
            LoopAsync("housekeeping", Every(HousekeepingInterval), () => PurgeAllAsync(all)));
    }

    private static Func<Task> Done(Action pass) => () =>
    {
        pass();
        return Task.CompletedTask;
    };

    private async Task ResolveAllAsync(Passes all)
    {
        while (await all.ResolveChangesOnceAsync() > 0 && !stopped.IsCancellationRequested)
        {
            // Until all that this process can answer is answered.
        }
    }

    private async Task PurgeAllAsync(Passes all)
    {
        while (await all.Caretaker.PurgeOnceAsync() > 0 && !stopped.IsCancellationRequested)
        {
            // Until nothing is past its retention.
        }
    }

    private Func<CancellationToken, Task> Every(TimeSpan interval) =>
        cancel => Task.Delay(interval, context.Time, cancel);

    /// <summary>
    /// Waits, does one pass, and again. A fault pauses the loop, longer each time; a broken store ends the process.
    /// </summary>
    private async Task LoopAsync(string name, Func<CancellationToken, Task> wait, Func<Task> pass)
    {
        TimeSpan pause = TimeSpan.Zero;
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await (pause == TimeSpan.Zero ? wait(stopped.Token) : Task.Delay(pause, context.Time, stopped.Token));
                await pass();
                if (pause > TimeSpan.Zero)
                    LogRecovered(name);
                pause = TimeSpan.Zero;
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (EpochLostException lost)
            {
                passes!.Caretaker.EpochLost(lost.Epoch);
            }
            catch (StoreBrokenException broken)
            {
                LogBroken(broken);
                await stopped.CancelAsync();
                lifetime?.StopApplication();
                throw;
            }
            catch (Exception error)
            {
                metrics.PassFailed(name);
                if (pause == TimeSpan.Zero)
                    LogPaused(name, error);
                TimeSpan doubled = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                pause = pause == TimeSpan.Zero ? FirstPause : doubled;
            }
        }
    }

    private async Task DrainAsync(Passes all, CancellationToken cancel)
    {
        if (!await EmptiesWithinAsync(all, context.Options.DrainTimeMax, cancel))
        {
            LogCancelling(all.Custody.Count, context.Options.DrainTimeMax);
            foreach (NodeRunner runner in all.Hosted.All)
                runner.CancelRuns();
            await EmptiesWithinAsync(all, CancelledRunsMax, cancel);
        }

        await stopped.CancelAsync();
        if (ExecuteTask is not null)
            await ExecuteTask;
        await all.LeaveAsync();
    }

    private async Task<bool> EmptiesWithinAsync(Passes all, TimeSpan limit, CancellationToken cancel)
    {
        long begun = context.Time.GetTimestamp();
        Task emptied = all.Custody.EmptiedAsync();
        do
        {
            // Again and again: a claim or commit that was under way can still bring elements to stopped nodes.
            await all.StopTakingAsync();
            await Task.WhenAny(emptied, Task.Delay(SweepInterval, context.Time, cancel));
        }
        while (!emptied.IsCompleted && context.Time.GetElapsedTime(begun) < limit && !cancel.IsCancellationRequested);
        return emptied.IsCompleted;
    }

    [LoggerMessage(1001, LogLevel.Information, "Opened {Store}")]
    private partial void LogOpened(string store);

    [LoggerMessage(1002, LogLevel.Error, "The {Loop} loop pauses and will try again; nothing is lost")]
    private partial void LogPaused(string loop, Exception error);

    [LoggerMessage(1003, LogLevel.Information, "The {Loop} loop goes on")]
    private partial void LogRecovered(string loop);

    [LoggerMessage(1004, LogLevel.Critical, "The store is broken; this process stops and acknowledges nothing more")]
    private partial void LogBroken(Exception error);

    [LoggerMessage(
        1005, LogLevel.Warning,
        "{Count} elements are still being run after {Limit}; their tokens are cancelled now")]
    private partial void LogCancelling(int count, TimeSpan limit);

    [LoggerMessage(
        1007, LogLevel.Warning,
        "This process hosts {Queue}, but not {Start}, where what is released from it begins: batches and their members "
        + "wait until another process does. Host both here, or see that one does")]
    private partial void LogBatchesElsewhere(NodeAddress queue, NodeAddress start);

    [LoggerMessage(
        1006, LogLevel.Error,
        "The graceful stop was cut short; another process takes over what this one owned")]
    private partial void LogDrainFailed(Exception error);
}
