using System.Text;
using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Tracking.Sqlite;

/// <summary>Rows of journals that are set aside.</summary>
internal sealed class AsideTable(Database database)
{
    private readonly Statement keep = database.Keep(
        "INSERT OR REPLACE INTO aside (site, tx, number, at, kind, element, hop, workflow, version, node, worked, "
        + "detail, facts, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");

    private readonly Statement remove = database.Keep(
        "DELETE FROM aside WHERE site = ?1 AND tx = ?2 AND number = ?3 RETURNING 1");

    public void Keep(int site, JournalEntry entry, string reason)
    {
        keep.Bind(1, site).Bind(2, entry.Position.Transaction).Bind(3, entry.Position.Number)
            .Bind(4, entry.At.ToMicros()).Bind(5, (long)entry.Kind).Bind(6, entry.Element).Bind(7, entry.Hop)
            .Bind(8, entry.Node.Workflow).Bind(9, entry.Node.Version).Bind(10, entry.Node.Node)
            .Bind(11, entry.Worked.ToMicros()).Bind(14, reason);
        Bind(12, entry.Detail);
        Bind(13, entry.Facts);
        keep.Run();
    }

    /// <returns>1; 0 when it is not there.</returns>
    public int Remove(int site, JournalPosition position)
    {
        int removed = remove.Bind(1, site).Bind(2, position.Transaction).Bind(3, position.Number).Read() ? 1 : 0;
        remove.Reset();
        return removed;
    }

    private void Bind(int index, string? text)
    {
        if (text is null)
            keep.BindNull(index);
        else
            keep.BindBlob(index, Encoding.UTF8.GetBytes(text));
    }
}
