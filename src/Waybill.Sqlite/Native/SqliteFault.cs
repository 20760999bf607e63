using Microsoft.Data.Sqlite;
using Waybill.Stores;
using static SQLitePCL.raw;

namespace Waybill.Sqlite.Native;

/// <summary>What SQLite answered when it did not do what it was told.</summary>
internal sealed class SqliteFault(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>
    /// Whether only the statement is at fault (constraint, syntax, type, size). All others concern the whole database.
    /// </summary>
    public bool IsOfStatement => (Code & 0xff) is SQLITE_ERROR or SQLITE_CONSTRAINT or SQLITE_MISMATCH or SQLITE_TOOBIG
        or SQLITE_RANGE or SQLITE_ABORT or SQLITE_SCHEMA or SQLITE_AUTH;

    /// <summary>The fault as callers know it, when it was met before anything was done with the file.</summary>
    public Exception AtOpening(string file) => (Code & 0xff) switch
    {
        SQLITE_NOTADB => new StoreBrokenException(
            $"{file} is no SQLite database, or its beginning is damaged. It was left as it is. Name another file (one "
            + "that does not exist is created), or restore a backup.",
            this),
        SQLITE_CANTOPEN or SQLITE_PERM or SQLITE_READONLY => new IOException(
            $"{file} cannot be opened ({Message}). This user must be able to read and write the file and its folder.",
            this),
        _ => InWordsOfContract(file),
    };

    /// <summary>
    /// The fault as callers know it: in the words of the store contract, or, when only a statement is at fault, of
    /// SQLite's provider for .NET.
    /// </summary>
    public Exception InWordsOfContract(string file) => (Code & 0xff) switch
    {
        // Met while a commit that is in the log already is made known to readers. The next commit writes over it; but
        // if the process dies before, the next one finds it.
        _ when Code == SQLITE_IOERR_SHMSIZE => new CommitOutcomeUnknownException(
            $"The disk that holds {file} became full in the middle of a commit. Free some space: the store then goes "
            + "on by itself.",
            this),
        _ when IsOfStatement => new SqliteException(Message, Code & 0xff, Code),
        SQLITE_FULL => new StoreUnavailableException(
            $"The disk that holds {file} is full. Nothing was written. Free some space: the store then goes on by "
            + "itself.",
            this),
        SQLITE_BUSY or SQLITE_LOCKED => new StoreUnavailableException(
            $"Another program is writing to {file}. Nothing was written. Only this process may write to it: end the "
            + "other program, or let it open the file read-only.",
            this),
        SQLITE_NOMEM => new StoreUnavailableException($"No memory for {file}. Nothing was written.", this),
        _ => new StoreBrokenException(
            $"{file} cannot be trusted any more ({Message}). What was acknowledged before stands; nothing is "
            + "acknowledged from here on. End the process, mend the disk or restore a backup, and start again.",
            this),
    };
}
