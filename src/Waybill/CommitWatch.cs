using Waybill.Stores;

namespace Waybill;

/// <summary>
/// Knows whether the site's store takes what this process commits: submissions, hops, and the renewals of its worker's
/// lease, which go on when there is no work. Thread-safe.
/// </summary>
public sealed class CommitWatch
{
    private static readonly RecordKey Trial = new("commit-trial", "any");
    private static readonly TimeSpan TrialKept = TimeSpan.FromMinutes(1);

    private readonly ISiteStore store;
    private readonly TimeProvider time;
    private volatile CommitRefusal? refusal;

    internal CommitWatch(ISiteStore store, TimeProvider time) => (this.store, this.time) = (store, time);

    /// <summary>
    /// Since when the store has refused all commits; null when it took the last one, or there was none.
    /// </summary>
    public CommitRefusal? Refusal => refusal;

    /// <summary>
    /// Commits a small record, of which nothing is left after a minute, to learn whether the store takes commits again
    /// when nobody else commits anything. <see cref="Refusal"/> then says what came of it.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task TryAsync(CancellationToken cancel = default)
    {
        try
        {
            RecordWrite trial = new(Trial, "{}"u8.ToArray()) { KeepFor = TrialKept };
            await WatchAsync(() => store.Records.WriteAsync([trial], cancel));
        }
        catch (Exception error) when (IsRefusal(error))
        {
            // It is noted; nobody lost anything.
        }
    }

    internal async Task<T> WatchAsync<T>(Func<Task<T>> commit)
    {
        try
        {
            T result = await commit();
            refusal = null;
            return result;
        }
        catch (Exception error) when (IsRefusal(error))
        {
            refusal ??= new CommitRefusal(time.GetUtcNow(), error.Message);
            throw;
        }
    }

    // Anything else is about what was committed, or about this process: the store takes what others commit.
    private static bool IsRefusal(Exception error) =>
        error is StoreUnavailableException or StoreBrokenException or CommitOutcomeUnknownException;
}

/// <summary>That a store refuses commits.</summary>
/// <param name="Since">When it refused the first of them.</param>
/// <param name="Why">What it said to that one; for operators, since it can name files and hosts.</param>
public sealed record CommitRefusal(DateTimeOffset Since, string Why);
