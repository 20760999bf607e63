using System.Data;
using Npgsql;
using Waybill.Stores;

namespace Waybill.Postgres.Connections;

/// <summary>
/// One connection that is kept open for one kind of work, with its statements prepared. Callers take turns. After an
/// error the transaction is undone at once; when that cannot be done, the connection is thrown away.
/// </summary>
internal sealed class Lane(NpgsqlDataSource source, TimeProvider time) : IAsyncDisposable
{
    private const int AttemptsMax = 5;
    private static readonly TimeSpan BackendEndMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BackendEndPoll = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim turn = new(1, 1);
    private Session? session;
    private (int Id, DateTime StartedAt)? lost;

    /// <summary>Does work that can be repeated from its beginning after a deadlock.</summary>
    /// <param name="work">
    /// The work; it says in <see cref="Session.IsCommitting"/> when its commit is on the way.
    /// </param>
    /// <param name="cancel">Stops waiting for the turn; what was begun is brought to its end.</param>
    public async Task<T> RunAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    if (session is { Connection.State: not ConnectionState.Open })
                        await DiscardAsync();
                    Session open = session ??= await OpenAsync();
                    open.IsCommitting = false;
                    return await work(open);
                }
                catch (Exception error) when (Faults.IsRetryable(error) && attempt < AttemptsMax)
                {
                    await UndoAsync();
                }
            }
        }
        catch (Exception error)
        {
            bool mayHaveCommitted = session is { IsCommitting: true };
            await (Faults.EndsSession(error) ? DiscardAsync() : UndoAsync());
            if (Faults.Translate(error, mayHaveCommitted) is { } translated)
                throw translated;
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        await DiscardAsync();
        turn.Dispose();
    }

    private async Task<Session> OpenAsync()
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync();
        try
        {
            if (lost is { } backend)
            {
                await EndAsync(connection, backend);
                lost = null;
            }

            await using NpgsqlCommand started = new(
                "select backend_start from pg_stat_activity where pid = pg_backend_pid()", connection);
            return new Session(connection, (DateTime)(await started.ExecuteScalarAsync())!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Closing the connection would undo the transaction as well, but only when the server gets to see it; until then
    // its locks would be held, and the journal held back.
    private async Task UndoAsync()
    {
        try
        {
            if (session is not null)
                await session.ExecuteAsync("rollback");
        }
        catch (Exception)
        {
            await DiscardAsync();
        }
    }

    private async Task DiscardAsync()
    {
        if (session is null)
            return;
        if (session.IsCommitting)
            lost = session.Backend;
        await session.DisposeAsync();
        session = null;
    }

    // The server may still be carrying out what the lost connection asked for. Until that has ended, re-reading where
    // the elements are would tell nothing.
    private async Task EndAsync(NpgsqlConnection connection, (int Id, DateTime StartedAt) backend)
    {
        long begun = time.GetTimestamp();
        while (true)
        {
            await using NpgsqlCommand end = new(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start = $2",
                connection);
            end.Parameters.Add(Arg.Int(backend.Id));
            end.Parameters.Add(Arg.Instant(backend.StartedAt));
            if (await end.ExecuteScalarAsync() is null)
                return;
            if (time.GetElapsedTime(begun) > BackendEndMax)
            {
                throw new StoreUnavailableException(
                    $"PostgreSQL process {backend.Id} is still busy with a commit whose connection was lost.");
            }

            await Task.Delay(BackendEndPoll, time);
        }
    }
}
