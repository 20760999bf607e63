using Npgsql;
using Waybill.Stores;

namespace Bookstore.Storage;

/// <summary>Tells a store that is away for a while from everything else that can go wrong.</summary>
public static class Outage
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Does something that can be repeated, again and again while the store is away.</summary>
    /// <returns>False when it was stopped before it was done.</returns>
    public static async Task<bool> OutlastAsync(Func<Task> work, TimeProvider time, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await work();
                return true;
            }
            catch (Exception error) when (Passes(error))
            {
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stopping.IsCancellationRequested)
                    return false;
            }
        }
    }

    private static bool Passes(Exception error) => error
        is StoreUnavailableException or CommitOutcomeUnknownException or NpgsqlException { IsTransient: true };
}
