using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Recording;

/// <summary>The table <c>stored_record</c>, as the writer sees it.</summary>
internal sealed class RecordRows(Database database, Sequence numbers, TransactionClock clock)
{
    private readonly Statement find = database.Keep(
        "SELECT revision FROM stored_record WHERE kind = ?1 AND name = ?2 "
        + "AND (kept_until IS NULL OR kept_until > ?3)");

    private readonly Statement insert = database.Keep(
        "INSERT INTO stored_record (kind, name, value, kept_until, number, revision, created_at, changed_at) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6)");

    private readonly Statement update = database.Keep(
        "UPDATE stored_record SET value = ?3, kept_until = ?4, revision = ?5, changed_at = ?6 "
        + "WHERE kind = ?1 AND name = ?2");

    private readonly Statement delete = database.Keep("DELETE FROM stored_record WHERE kind = ?1 AND name = ?2");

    private readonly Statement purge = database.Keep(
        "DELETE FROM stored_record WHERE number = ?1 AND kept_until <= ?2");

    /// <returns>False when a condition does not hold; then nothing was written.</returns>
    public bool Write(IReadOnlyList<RecordWrite> writes)
    {
        long[] revisions = [.. writes.Select(write => RevisionOf(write.Key))];
        for (int index = 0; index < writes.Count; index++)
        {
            if (writes[index].Expected is { } expected && expected != revisions[index])
                return false;
        }

        for (int index = 0; index < writes.Count; index++)
            Write(writes[index], isThere: revisions[index] > 0);
        return true;
    }

    /// <returns>False when it was gone already, or was written anew.</returns>
    public bool Purge(long number) => purge.Bind(1, number).Bind(2, clock.Now).Run() == 1;

    private void Write(RecordWrite write, bool isThere)
    {
        // One whose time has run out makes room for a new one.
        if (!isThere || write.Value is null)
            delete.Bind(1, write.Key.Kind).Bind(2, write.Key.Name).Run();
        if (write.Value is { } value)
        {
            (isThere ? update : insert).Bind(1, write.Key.Kind).Bind(2, write.Key.Name).BindText(3, value.Span)
                .Bind(4, clock.Now + write.KeepFor?.ToMicroseconds()).Bind(5, numbers.Next()).Bind(6, clock.Now).Run();
        }
    }

    /// <summary>0 when there is none, or its time has run out.</summary>
    private long RevisionOf(RecordKey key)
    {
        long revision = find.Bind(1, key.Kind).Bind(2, key.Name).Bind(3, clock.Now).Read() ? find.Long(0) : 0;
        find.Reset();
        return revision;
    }
}
