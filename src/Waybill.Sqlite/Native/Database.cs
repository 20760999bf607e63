using SQLitePCL;
using static SQLitePCL.raw;

namespace Waybill.Sqlite.Native;

/// <summary>One connection to a database file. Used by one thread at a time.</summary>
/// <remarks>
/// Nothing else may open the database file in this process: on Unix, closing any handle of a file drops all locks that
/// the process holds on it.
/// </remarks>
internal sealed class Database : IDisposable
{
    private const int BusyTimeoutMilliseconds = 5000;

    private readonly sqlite3 handle;
    private readonly List<Statement> kept = [];

    private Database(string file, int flags)
    {
        int code = sqlite3_open_v2(file, out handle, flags | SQLITE_OPEN_NOMUTEX, vfs: null);
        if (code != SQLITE_OK)
        {
            SqliteFault fault = Fault(code);
            handle.Dispose();
            throw fault;
        }

        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds);
    }

    /// <summary>The version of the native library.</summary>
    public static string LibraryVersion => sqlite3_libversion().utf8_to_string();

    public bool IsInTransaction => sqlite3_get_autocommit(handle) == 0;

    /// <summary>How many rows the last statement inserted, updated or deleted.</summary>
    public int Changes => sqlite3_changes(handle);

    /// <summary>How many rows all statements so far inserted, updated or deleted.</summary>
    public int TotalChanges => sqlite3_total_changes(handle);

    /// <summary>Loads the native library; once in a process, before anything else.</summary>
    public static void LoadLibrary() => Batteries_V2.Init();

    public static Database OpenToWrite(string file) => new(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

    public static Database OpenToRead(string file) => new(file, SQLITE_OPEN_READONLY);

    /// <summary>Prepares a statement that the caller disposes of.</summary>
    public Statement Prepare(string sql) => new(this, handle, sql, isKept: false);

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public Statement Keep(string sql)
    {
        Statement statement = new(this, handle, sql, isKept: true);
        kept.Add(statement);
        return statement;
    }

    /// <summary>Runs any number of statements that return nothing of interest.</summary>
    public void Execute(string sql)
    {
        int code = sqlite3_exec(handle, sql);
        if (code != SQLITE_OK)
            throw Fault(code);
    }

    public long ReadNumber(string sql)
    {
        using Statement statement = Prepare(sql);
        statement.Read();
        return statement.Long(0);
    }

    /// <summary>Copies the log into the database file.</summary>
    /// <param name="isFinal">Waits for readers and empties the log; else copies what can be copied at once.</param>
    public void Checkpoint(bool isFinal)
    {
        int mode = isFinal ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
        int code = sqlite3_wal_checkpoint_v2(handle, null, mode, out _, out _);
        if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
            throw Fault(code);
    }

    public SqliteFault Fault(int code) => new(code, sqlite3_errmsg(handle).utf8_to_string());

    public void Dispose()
    {
        foreach (Statement statement in kept)
            statement.Dispose();
        handle.Dispose();
    }
}
