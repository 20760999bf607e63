using Npgsql;
using Waybill.Postgres.Connections;

namespace Waybill.Postgres.Waking;

/// <summary>
/// Tells other processes of arrivals. After the commits, on a connection of its own, and at most once in a while for
/// all that has gathered: a notification inside of the commits would make them wait for each other.
/// </summary>
internal sealed class ArrivalNotifier(NpgsqlDataSource source, SiteSchema schema, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim isGathered = new(0, 1);
    private readonly Lock gate = new();
    private HashSet<NodeAddress> gathered = [];
    private NpgsqlConnection? connection;

    /// <summary>
    /// The server process that notifies, so that the listener knows its own; 0 before the first time.
    /// </summary>
    public int ProcessId { get; private set; }

    public void Note(NodeAddress node)
    {
        lock (gate)
        {
            if (!gathered.Add(node) || gathered.Count > 1)
                return;
        }

        isGathered.Release();
    }

    public void Dispose() => isGathered.Dispose();

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await isGathered.WaitAsync(stopping);
                bool isSent = await SendOnceAsync(stopping);
                await Task.Delay(isSent ? Pause : PauseAfterFailure, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await CloseAsync();
        }
    }

    // Nothing is lost when this fails: others look at their queues by themselves now and then.
    private async Task<bool> SendOnceAsync(CancellationToken cancel)
    {
        HashSet<NodeAddress> nodes;
        lock (gate)
            (nodes, gathered) = (gathered, []);
        try
        {
            connection ??= await OpenAsync(cancel);
            await using NpgsqlCommand notify = new("select pg_notify($1, n) from unnest($2::text[]) n", connection);
            notify.Parameters.Add(Arg.Text(schema.Channel));
            notify.Parameters.Add(Arg.Texts([.. nodes.Select(node => node.ToString())]));
            await notify.ExecuteNonQueryAsync(cancel);
            return true;
        }
        catch (Exception error) when (Faults.IsOutage(error))
        {
            await CloseAsync();
            return false;
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        NpgsqlConnection opened = await source.OpenConnectionAsync(cancel);
        ProcessId = opened.ProcessID;
        // A hint need not survive a crash, so it need not wait for the disk.
        await using NpgsqlCommand relax = new("set synchronous_commit = off", opened);
        await relax.ExecuteNonQueryAsync(cancel);
        return opened;
    }

    private async Task CloseAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        connection = null;
    }
}
