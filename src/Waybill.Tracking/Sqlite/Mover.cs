using System.Globalization;
using Waybill.Sqlite.Native;
using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Sqlite;

/// <summary>
/// Moves finished families to the warehouse. Their rows are first copied into the files of their months, marked with
/// the number of this move; there nobody sees them yet. One transaction of the tracking file then removes them and says
/// that the move counts: that is the step in which they change their place.
/// </summary>
internal sealed class Mover(SqliteSession session, string file, Action<TrackingStep> passing)
{
    private readonly Database database = session.Database;

    public int Move(int familiesMax)
    {
        if (session.HasUnfinishedMove)
            Months.UndoAfter(database, file);
        session.HasUnfinishedMove = false;
        Dictionary<string, int> families = Choose(familiesMax);
        if (families.Count == 0)
            return 0;
        session.HasUnfinishedMove = true;
        long move = database.ReadNumber("SELECT move FROM warehouse") + 1;
        foreach (string month in families.Keys)
            Copy(month, move);
        passing(TrackingStep.FamiliesCopied);
        session.InTransaction(() => Remove(move));
        session.HasUnfinishedMove = false;
        passing(TrackingStep.MoveCommitted);
        return families.Values.Sum();
    }

    /// <summary>Lists the members of the families in a temporary table, by month.</summary>
    private Dictionary<string, int> Choose(int familiesMax)
    {
        database.Execute(
            "CREATE TEMP TABLE IF NOT EXISTS moving (key INTEGER PRIMARY KEY, month TEXT NOT NULL); "
            + "DELETE FROM moving");
        Dictionary<string, int> families = [];
        List<(long Root, string Month)> roots = [];
        using (Statement finished = database.Prepare(
            "SELECT f.root, f.at FROM finished f JOIN element e ON e.key = f.root WHERE e.open = 0 "
            + "AND f.root NOT IN (SELECT m.root FROM aside a JOIN element m ON m.id = a.element) "
            + "ORDER BY f.root LIMIT ?1"))
        {
            finished.Bind(1, familiesMax);
            while (finished.Read())
                roots.Add((finished.Long(0), Months.Of(finished.Long(1))));
        }

        using Statement root = database.Prepare("INSERT INTO temp.moving (key, month) VALUES (?1, ?2)");
        using Statement members = database.Prepare(
            "INSERT INTO temp.moving (key, month) SELECT key, ?2 FROM element WHERE root = ?1 AND root <> key");
        foreach ((long key, string month) in roots)
        {
            root.Bind(1, key).Bind(2, month).Run();
            members.Bind(1, key).Bind(2, month).Run();
            families[month] = families.GetValueOrDefault(month) + 1;
        }

        return families;
    }

    private void Copy(string month, long move)
    {
        string path = Months.FileOf(file, month);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Months.FolderOf(file));
            // Under another name until it has its tables: others look for months at any time.
            SqliteFiles.OpenToWrite($"{path}.new", "month").Dispose();
            File.Move($"{path}.new", path);
        }

        Attach(path);
        try
        {
            session.InTransaction(() =>
            {
                database.Execute(
                    "INSERT OR REPLACE INTO month.site (id, name) SELECT id, name FROM main.site; "
                    + "INSERT OR IGNORE INTO month.node (id, workflow, version, name) "
                    + "SELECT id, workflow, version, name FROM main.node");
                using Statement elements = database.Prepare(
                    $"INSERT INTO month.element ({ElementTable.KeptColumns}, move) "
                    + $"SELECT {ElementTable.KeptColumns}, ?2 FROM main.element "
                    + "WHERE key IN (SELECT key FROM temp.moving WHERE month = ?1) ORDER BY key");
                elements.Bind(1, month).Bind(2, move).Run();
                using Statement histories = database.Prepare(
                    "INSERT INTO month.history (element, part, steps) SELECT element, part, steps FROM main.history "
                    + "WHERE element IN (SELECT key FROM temp.moving WHERE month = ?1) ORDER BY element, part");
                histories.Bind(1, month).Run();
                return true;
            });
        }
        finally
        {
            database.Execute("DETACH month");
        }
    }

    private void Attach(string path)
    {
        using Statement attach = database.Prepare("ATTACH ?1 AS month");
        attach.Bind(1, path).Run();
    }

    private bool Remove(long move)
    {
        using (Statement attributes = database.Prepare(
            "SELECT key, attributes FROM element "
            + "WHERE attributes IS NOT NULL AND key IN (SELECT key FROM temp.moving)"))
        using (Statement remove = database.Prepare(
            "DELETE FROM attribute WHERE name = ?1 AND value = ?2 AND element = ?3"))
        {
            while (attributes.Read())
            {
                foreach ((string name, string value) in Attributes.Searchable(attributes.Text(1)))
                    remove.Bind(1, name).Bind(2, value).Bind(3, attributes.Long(0)).Run();
            }
        }

        database.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            UPDATE warehouse SET move = {move}, last_key = max(last_key, (SELECT max(key) FROM temp.moving));
            DELETE FROM finished WHERE root IN (SELECT key FROM temp.moving);
            DELETE FROM history WHERE element IN (SELECT key FROM temp.moving);
            DELETE FROM element WHERE key IN (SELECT key FROM temp.moving);
            """));
        return true;
    }
}
