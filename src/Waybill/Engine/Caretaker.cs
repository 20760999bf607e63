using Microsoft.Extensions.Logging;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Keeps this worker's epoch alive, takes over the work of dead ones, and forgets what is past its retention.
/// </summary>
internal sealed partial class Caretaker(
    EngineContext context, HostedNodes hosted, Claimer claimer, Custody custody)
{
    private const int ReclaimBatchMax = 1000;
    private const int PurgeBatchMax = 1000;

    private readonly ILogger log = context.Logging.CreateLogger<Caretaker>();

    private long renewedAt;
    private long lookedAt;
    private WorkerEpoch? abandoned;

    /// <summary>Renews when a third of the lease has passed, and at once when there is no epoch.</summary>
    public async Task KeepLeaseOnceAsync()
    {
        if (custody.Epoch is not null && context.Time.GetElapsedTime(renewedAt) < context.Options.LeaseDuration / 3)
            return;
        await RenewOnceAsync();
        renewedAt = context.Time.GetTimestamp();
    }

    /// <summary>Looks for work of dead workers, fifteen times in a lease.</summary>
    public async Task LookForDeadOnceAsync()
    {
        // A full batch is rarely the last: then the next pass goes on at once.
        bool isTimeToLook = context.Time.GetElapsedTime(lookedAt) >= context.Options.LookInterval;
        if (custody.Epoch is not null && isTimeToLook && await ReclaimOnceAsync() < ReclaimBatchMax)
            lookedAt = context.Time.GetTimestamp();
    }

    /// <summary>Begins an epoch when there is none; else renews the lease. The epoch may turn out to be lost.</summary>
    public async Task RenewOnceAsync()
    {
        long askedAt = context.Time.GetTimestamp();
        TimeSpan lease = context.Options.StoreLease;
        if (custody.Epoch is not { } epoch)
        {
            await LeaveAbandonedAsync();
            WorkerEpoch begun = await context.Store.Workers.RegisterAsync(
                context.Options.WorkerName, lease, CancellationToken.None);
            custody.Begin(begun, askedAt);
            LogBegun(begun.Value);
            claimer.Poll();
        }
        else if (await context.Commits.WatchAsync(
            () => context.Store.Workers.RenewAsync(epoch, lease, CancellationToken.None)))
        {
            bool stoodStill = !custody.MayRun;
            custody.Renewed(askedAt);
            if (stoodStill)
            {
                foreach (NodeRunner runner in hosted.All)
                    runner.Resume();
            }
        }
        else
        {
            EpochLost(epoch);
        }
    }

    /// <summary>Gives an epoch up: drops everything; another begins with the next renewal.</summary>
    public void Abandon(WorkerEpoch epoch)
    {
        abandoned = epoch;
        EpochLost(epoch);
    }

    /// <summary>Drops everything: another process has, or will have, all that this worker owned.</summary>
    public void EpochLost(WorkerEpoch epoch)
    {
        int held = custody.Count;
        if (!custody.Lose(epoch))
            return;
        LogLost(epoch.Value, held);
        foreach (NodeRunner runner in hosted.All)
            runner.Clear();
    }

    /// <summary>Returns the work of dead workers to its queues, a bounded number at once. Returns how many.</summary>
    public async Task<int> ReclaimOnceAsync()
    {
        int returned = await context.Store.Workers.ReclaimAsync(ReclaimBatchMax, CancellationToken.None);
        if (returned > 0)
        {
            LogReclaimed(returned);
            claimer.Poll();
        }

        return returned;
    }

    /// <summary>
    /// Forgets tickets and journal rows past their retention, and records whose time has run out, a bounded number at
    /// once. Returns how many.
    /// </summary>
    public async Task<int> PurgeOnceAsync()
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        return await context.Store.Tickets.PurgeAsync(
                now - context.Options.TicketRetention, PurgeBatchMax, CancellationToken.None)
            + await context.Store.Journal.TrimAsync(
                now - context.Options.JournalRetention, PurgeBatchMax, CancellationToken.None)
            + await context.Store.Records.PurgeAsync(PurgeBatchMax, CancellationToken.None);
    }

    /// <summary>Cancels and gives up runs past their time, and ends leases of remote workers that lapsed.</summary>
    public void SweepOnce()
    {
        context.Remote.SweepOnce();
        foreach (NodeRunner runner in hosted.All)
            runner.Sweep();
    }

    // Others would take its elements over when the lease runs out; when it is ended now, they need not wait.
    private async Task LeaveAbandonedAsync()
    {
        if (abandoned is not { } epoch)
            return;
        await context.Store.Workers.LeaveAsync(epoch, CancellationToken.None);
        abandoned = null;
    }

    [LoggerMessage(2001, LogLevel.Information, "Began worker epoch {Epoch}")]
    private partial void LogBegun(long epoch);

    [LoggerMessage(
        2002, LogLevel.Warning,
        "Lost worker epoch {Epoch}: dropped {Held} elements, which others take over")]
    private partial void LogLost(long epoch, int held);

    [LoggerMessage(2003, LogLevel.Warning, "Returned {Count} elements of dead workers to their queues")]
    private partial void LogReclaimed(int count);
}
