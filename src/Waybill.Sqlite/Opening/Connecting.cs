using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;

namespace Waybill.Sqlite.Opening;

/// <summary>Opens the writing connection of the process that has the lock.</summary>
internal static class Connecting
{
    // SQLite's own limit of the log, in pages of 4 KiB, at which a commit also checkpoints: a high one makes
    // checkpoints rare and cheap by the hop, a low one makes each short. Pauses are used for checkpoints before it is
    // reached.
    private const string Settings =
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -65536; "
        + "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;";

    public static Session Open(string file, TimeProvider time)
    {
        Database database = Database.OpenToWrite(file);
        try
        {
            Schema.RequireOwn(database, file);
            RequireLog(database, file);
            database.Execute(Settings);
            Schema.Migrate(database);
            TakeOver(database, time);
            return new Session(database, time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void RequireLog(Database database, string file)
    {
        using Statement mode = database.Prepare("PRAGMA journal_mode = WAL");
        mode.Read();
        if (mode.Text(0) != "wal")
        {
            throw new InvalidOperationException(
                $"{file} cannot have a write-ahead log (SQLite says \"{mode.Text(0)}\"). The store needs a file on "
                + "a local disk with shared memory.");
        }
    }

    /// <summary>
    /// Only one process can have the lock, so whoever had epochs is dead: its work need not wait for leases.
    /// </summary>
    private static void TakeOver(Database database, TimeProvider time)
    {
        database.Execute("BEGIN IMMEDIATE; DELETE FROM worker;");
        ProcessLock.Sign(database, time.GetUtcNow());
        database.Execute("COMMIT");
    }
}
