using System.Globalization;
using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Tracking.Sqlite;

/// <summary>Opens and migrates the files of a store.</summary>
internal static class SqliteFiles
{
    // A pass is made durable before its rows are acknowledged: the site may forget them from then on.
    private const string Settings =
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -65536; "
        + "PRAGMA temp_store = MEMORY;";

    /// <summary>Keeps other processes from writing; the lock ends with the process.</summary>
    /// <exception cref="StoreUnavailableException">Another process, or another store of this one, has it.</exception>
    public static FileStream Lock(string file)
    {
        try
        {
            return new FileStream($"{file}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists($"{file}.lock"))
        {
            throw new StoreUnavailableException(
                $"{file} is open for writing already. One process follows the journals: end the other one, or open "
                + "this one to read only.",
                error);
        }
    }

    /// <param name="file">Made when it is not there.</param>
    /// <param name="scripts">The folder of its migrations.</param>
    public static Database OpenToWrite(string file, string scripts)
    {
        Database database = Database.OpenToWrite(file);
        try
        {
            RequireLog(database, file);
            database.Execute(Settings);
            Migrate(database, MigrationScripts.Of(scripts));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="StoreVersionException">It was written by a newer version.</exception>
    /// <exception cref="InvalidOperationException">It was written by an older version.</exception>
    public static void RequireKnown(string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(
                $"There is no {file} to read: follow a site's journal with it once, which creates it.", file);
        }

        using Database database = Database.OpenToRead(file);
        int known = MigrationScripts.Of("sqlite").Count;
        if (Version(database, known) < known)
            throw new InvalidOperationException($"{file} has an older schema. Open it for writing once.");
    }

    private static void RequireLog(Database database, string file)
    {
        using Statement mode = database.Prepare("PRAGMA journal_mode = WAL");
        mode.Read();
        if (mode.Text(0) != "wal")
        {
            throw new InvalidOperationException(
                $"{file} cannot have a write-ahead log (SQLite says \"{mode.Text(0)}\"). Put it on a local disk.");
        }
    }

    private static void Migrate(Database database, IReadOnlyList<string> scripts)
    {
        for (int version = Version(database, scripts.Count); version < scripts.Count; version++)
        {
            string next = (version + 1).ToString(CultureInfo.InvariantCulture);
            database.Execute($"BEGIN IMMEDIATE; {scripts[version]}; PRAGMA user_version = {next}; COMMIT;");
        }
    }

    private static int Version(Database database, int known)
    {
        int found = (int)database.ReadNumber("PRAGMA user_version");
        return found <= known ? found : throw new StoreVersionException(found, known);
    }
}
