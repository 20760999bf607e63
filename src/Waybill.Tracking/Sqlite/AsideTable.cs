using Waybill.Sqlite.Native;
using Waybill.Stores;
using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Sqlite;

/// <summary>Rows of journals that are set aside, and what operators did with them.</summary>
internal sealed class AsideTable(Database database)
{
    private const string IsTextless =
        "excluded.subject IS NULL AND excluded.detail IS NULL AND excluded.facts IS NULL";

    // A row that is set aside again keeps what is left of it when its texts are gone by now.
    private readonly Statement keep = database.Keep(
        "INSERT INTO aside (site, tx, number, at, kind, element, hop, workflow, version, node, worked, detail, facts, "
        + "reason, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
        + "ON CONFLICT (site, tx, number) DO UPDATE SET reason = excluded.reason, "
        + $"subject = CASE WHEN {IsTextless} THEN subject ELSE excluded.subject END, "
        + $"detail = CASE WHEN {IsTextless} THEN detail ELSE excluded.detail END, "
        + $"facts = CASE WHEN {IsTextless} THEN facts ELSE excluded.facts END");

    private readonly Statement trace = database.Keep(
        "INSERT INTO aside_act (at, act, site, tx, number, kind, element, actor, reason) "
        + "SELECT ?1, ?2, site, tx, number, kind, element, ?3, ?4 FROM aside "
        + "WHERE id = ?5 OR (site = ?6 AND tx = ?7 AND number = ?8)");

    private readonly Statement remove = database.Keep("DELETE FROM aside WHERE site = ?1 AND tx = ?2 AND number = ?3");
    private readonly Statement dismiss = database.Keep("DELETE FROM aside WHERE id = ?1");

    private readonly Statement forget = database.Keep(
        "UPDATE aside SET detail = NULL, facts = NULL, is_erased = 1 "
        + "WHERE subject IS NULL AND at < ?1 AND (detail IS NOT NULL OR facts IS NOT NULL)");

    public void Keep(int site, AsideRow row, FoldScope scope)
    {
        JournalEntry entry = row.Entry;
        AsideTexts texts = row.Texts(scope);
        keep.Bind(1, site).Bind(2, entry.Position.Transaction).Bind(3, entry.Position.Number)
            .Bind(4, entry.At.ToMicros()).Bind(5, (long)entry.Kind).Bind(6, entry.Element).Bind(7, entry.Hop)
            .Bind(8, entry.Node.Workflow).Bind(9, entry.Node.Version).Bind(10, entry.Node.Node)
            .Bind(11, entry.Worked.ToMicros()).Bind(14, row.Reason).Bind(15, texts.Subject);
        Bind(12, texts.Detail);
        Bind(13, texts.Facts);
        keep.Run();
    }

    /// <returns>1; 0 when it is not there.</returns>
    public int Remove(int site, JournalPosition position, AsideTrace? by)
    {
        if (by is not null)
        {
            BindTrace(by).BindNull(5).Bind(6, site).Bind(7, position.Transaction).Bind(8, position.Number);
            trace.Run();
        }

        return remove.Bind(1, site).Bind(2, position.Transaction).Bind(3, position.Number).Run();
    }

    /// <returns>1; 0 when it is not there.</returns>
    public int Dismiss(long id, AsideTrace by)
    {
        BindTrace(by).Bind(5, id).BindNull(6).BindNull(7).BindNull(8);
        trace.Run();
        return dismiss.Bind(1, id).Run();
    }

    /// <returns>Of how many rows texts were forgotten.</returns>
    public int Forget(DateTimeOffset before) => forget.Bind(1, before.ToMicros()).Run();

    private Statement BindTrace(AsideTrace by) => trace.Bind(1, by.At.ToMicros()).Bind(2, (long)by.Act)
        .Bind(3, by.By.Name).Bind(4, by.By.Reason);

    private void Bind(int index, byte[]? bytes)
    {
        if (bytes is null)
            keep.BindNull(index);
        else
            keep.BindBlob(index, bytes);
    }
}
