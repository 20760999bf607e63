using Waybill.Server.Keys;
using Waybill.Stores;

namespace Waybill.Server.Watching;

/// <summary>
/// Whether this process can work: its store can be read, and does not refuse what the process commits. That is learnt
/// from the commits themselves. A process that is not ready may get no work any more, so that nothing would ever tell
/// it of the end: then whoever asks has a small commit tried, at most once in two seconds for all.
/// </summary>
internal sealed class Readiness(SiteClient site, TimeProvider time)
{
    private static readonly TimeSpan StoreTimeMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrialInterval = TimeSpan.FromSeconds(2);
    private static readonly RecordKey Any = new(KeyRecord.Kind, "health");

    private readonly Lock gate = new();
    private Task? trial;
    private long triedAt;

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HealthAnswer> LookAsync(CancellationToken cancel)
    {
        try
        {
            await site.Store.Records.ReadAsync([Any], cancel).WaitAsync(StoreTimeMax, time, cancel);
            if (site.Commits.Refusal is not null)
                await TryOnceAsync().WaitAsync(StoreTimeMax, time, cancel);
        }
        catch (TimeoutException) when (site.Commits.Refusal is not null)
        {
            // The trial goes on; until it has passed, what is known holds.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new HealthAnswer("unready", "The site's store cannot be read now.");
        }

        return site.Commits.Refusal is { } refusal
            ? new HealthAnswer("unready", "The site's store refuses all commits; the log says why.", refusal.Since)
            : new HealthAnswer("ready");
    }

    private Task TryOnceAsync()
    {
        lock (gate)
        {
            bool isDue = trial is null || (trial.IsCompleted && time.GetElapsedTime(triedAt) >= TrialInterval);
            if (isDue)
            {
                triedAt = time.GetTimestamp();
                trial = site.Commits.TryAsync(CancellationToken.None);
            }

            return trial!;
        }
    }
}
