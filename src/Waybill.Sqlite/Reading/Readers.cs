using System.Collections.Concurrent;
using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Reading;

/// <summary>
/// Read-only connections, kept for the next reading. Each reading sees one snapshot, never waits for the writer, and
/// never checkpoints.
/// </summary>
internal sealed class Readers(string file) : IDisposable
{
    private const int IdleMax = 8;

    private readonly ConcurrentBag<Database> idle = [];
    private volatile Func<Exception>? refusal = () => new InvalidOperationException(
        $"The store of {file} has not been opened: await {nameof(Stores.ISiteStore.OpenAsync)} first.");

    public void Start() => refusal = null;

    /// <summary>Reads on the caller's thread: SQLite has no other way.</summary>
    public Task<T> ReadAsync<T>(Func<Database, T> read, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return Task.FromCanceled<T>(cancel);
        try
        {
            return Task.FromResult(Read(read));
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error is SqliteFault fault ? fault.InWordsOfContract(file) : error);
        }
    }

    public void Dispose()
    {
        refusal = () => new ObjectDisposedException(nameof(SqliteStore), $"The store of {file} has been closed.");
        while (idle.TryTake(out Database? database))
            database.Dispose();
    }

    private T Read<T>(Func<Database, T> read)
    {
        if (refusal is { } reason)
            throw reason();
        Database database = idle.TryTake(out Database? kept) ? kept : Database.OpenToRead(file);
        try
        {
            database.Execute("BEGIN");
            T result = read(database);
            database.Execute("COMMIT");
            if (refusal is null && idle.Count < IdleMax)
            {
                idle.Add(database);
                return result;
            }

            database.Dispose();
            return result;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
