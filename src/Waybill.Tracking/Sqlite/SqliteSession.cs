using Waybill.Sqlite.Native;

namespace Waybill.Tracking.Sqlite;

/// <summary>The writing connection with everything that writes through it.</summary>
internal sealed class SqliteSession : IDisposable
{
    public SqliteSession(Database database)
    {
        Database = database;
        Numbers = new Numbers(database);
        Subjects = new SubjectTable(database);
        Elements = new ElementTable(database);
        Statistics = new StatisticTables(database);
        Aside = new AsideTable(database);
    }

    public Database Database { get; }

    public Numbers Numbers { get; }

    public SubjectTable Subjects { get; }

    public ElementTable Elements { get; }

    public StatisticTables Statistics { get; }

    public AsideTable Aside { get; }

    /// <summary>Whether a move may have left rows that do not count.</summary>
    public bool HasUnfinishedMove { get; set; }

    /// <summary>Runs a transaction; undoes it, also in what is kept in memory, when it fails.</summary>
    public T InTransaction<T>(Func<T> work)
    {
        Database.Execute("BEGIN IMMEDIATE");
        try
        {
            T result = work();
            Database.Execute("COMMIT");
            return result;
        }
        catch
        {
            // After some errors SQLite has rolled back by itself.
            if (Database.IsInTransaction)
                Database.Execute("ROLLBACK");
            Numbers.Reload();
            Elements.Reload();
            throw;
        }
    }

    /// <summary>
    /// Runs a transaction whose removed texts and keys must not survive in pages that are free afterwards.
    /// </summary>
    public T InErasingTransaction<T>(Func<T> work)
    {
        Database.Execute("PRAGMA secure_delete = ON");
        try
        {
            return InTransaction(work);
        }
        finally
        {
            Database.Execute("PRAGMA secure_delete = OFF");
        }
    }

    public void Dispose() => Database.Dispose();
}
