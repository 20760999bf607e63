using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Opening;

/// <summary>
/// Keeps other processes from writing to the same database, by a lock of the operating system on a file beside it. The
/// lock ends with the process, however it ends; the file stays.
/// </summary>
internal sealed class ProcessLock : IDisposable
{
    private readonly FileStream held;

    private ProcessLock(FileStream held) => this.held = held;

    /// <exception cref="StoreUnavailableException">Another process, or another store of this one, has it.</exception>
    public static ProcessLock Take(string file)
    {
        string lockFile = $"{file}.lock";
        try
        {
            return new ProcessLock(
                new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (File.Exists(lockFile))
        {
            throw new StoreUnavailableException(
                $"{file} is open for writing in {Holder(file)}. Only one process at a time may write to it: end that "
                + $"one, open this one with {nameof(SqliteStoreOptions)}.{nameof(SqliteStoreOptions.ReadOnly)}, or use "
                + "the PostgreSQL store for a site of several processes.",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FilePlace.Unusable(file, error);
        }
    }

    /// <summary>Leaves a note of who has the lock, for the message to the next one.</summary>
    public static void Sign(Database database, DateTimeOffset now)
    {
        using Statement statement = database.Prepare(
            "INSERT OR REPLACE INTO holder (one, process, machine, since) VALUES (1, ?1, ?2, ?3)");
        statement.Bind(1, Environment.ProcessId).Bind(2, Environment.MachineName).Bind(3, now.ToMicroseconds()).Run();
    }

    public void Dispose() => held.Dispose();

    private static string Holder(string file)
    {
        try
        {
            using Database database = Database.OpenToRead(file);
            using Statement statement = database.Prepare("SELECT process, machine, since FROM holder");
            return statement.Read()
                ? $"process {statement.Long(0)} on {statement.Text(1)} since {statement.Long(2).ToInstant():u}"
                : "another process";
        }
        catch (SqliteFault)
        {
            // The other process may be creating the database at this moment.
            return "another process";
        }
    }
}
