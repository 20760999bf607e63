using System.Globalization;
using Npgsql;
using Waybill.Postgres.Connections;

namespace Waybill.Postgres.Waking;

/// <summary>
/// Hears of arrivals that other processes have committed. Connects again when it is cut off; until then, and if it
/// never can, queues are looked at by themselves now and then.
/// </summary>
internal sealed class ArrivalListener(
    NpgsqlDataSource source, SiteSchema schema, ArrivalNotifier own, Action<NodeAddress> heard, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Completes when notifications are heard for the first time.</summary>
    public Task Listening => listening.Task;

    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (Faults.IsOutage(error) || error is InvalidOperationException)
            {
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stopping);
        connection.Notification += (_, notification) =>
        {
            if (notification.PID != own.ProcessId && Parse(notification.Payload) is { } node)
                heard(node);
        };
        await using (NpgsqlCommand listen = new($"listen \"{schema.Channel}\"", connection))
            await listen.ExecuteNonQueryAsync(stopping);
        listening.TrySetResult();
        while (true)
            await connection.WaitAsync(stopping);
    }

    // workflow:version/node; names hold neither of the two signs.
    private static NodeAddress? Parse(string address)
    {
        int colon = address.IndexOf(':', StringComparison.Ordinal);
        int slash = address.IndexOf('/', StringComparison.Ordinal);
        return colon > 0 && slash > colon
            && int.TryParse(address.AsSpan(colon + 1, slash - colon - 1), CultureInfo.InvariantCulture, out int version)
            ? new NodeAddress(address[..colon], version, address[(slash + 1)..])
            : null;
    }
}
