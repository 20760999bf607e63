using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>Writes the rows of one aggregation queue's table.</summary>
internal sealed class HeldRows(Database database, HeldTable table) : IDisposable
{
    private const int FirstValue = 4;

    private Statement? insert;
    private Statement? update;
    private Statement? delete;

    public HeldTable Table => table;

    public void Insert(long key, HeldRow row, long heldAt)
    {
        insert ??= database.Prepare(
            $"INSERT INTO {table.Name} (key, group_key, held_at{table.List()}) VALUES (?1, ?2, ?3"
            + string.Concat(table.Columns.Select((_, index) => $", ?{FirstValue + index}")) + ")");
        Bind(insert, key, row, heldAt).Run();
    }

    /// <summary>Writes a new row; when it names another group, the element is held there from now on.</summary>
    public void Update(long key, HeldRow row, long now)
    {
        int value = FirstValue;
        update ??= database.Prepare(
            $"UPDATE {table.Name} SET held_at = CASE group_key WHEN ?2 THEN held_at ELSE ?3 END, group_key = ?2"
            + string.Concat(table.Columns.Select(column => $", {table.Find(column.Name).Name} = ?{value++}"))
            + " WHERE key = ?1");
        Bind(update, key, row, now).Run();
    }

    public void Delete(long key)
    {
        delete ??= database.Prepare($"DELETE FROM {table.Name} WHERE key = ?1");
        delete.Bind(1, key).Run();
    }

    public void Dispose()
    {
        insert?.Dispose();
        update?.Dispose();
        delete?.Dispose();
    }

    private static Statement Bind(Statement statement, long key, HeldRow row, long instant)
    {
        statement.Bind(1, key).Bind(2, row.Group).Bind(3, instant);
        for (int index = 0; index < row.Values.Count; index++)
            HeldValues.Bind(statement, FirstValue + index, row.Values[index]);
        return statement;
    }
}
