using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Writing;

/// <summary>The table <c>journal</c>.</summary>
internal sealed class JournalWriter(Database database, Sequence numbers, TransactionClock clock)
{
    private readonly Statement insert = database.Keep(
        "INSERT INTO journal (number, at, kind, element, hop, node, worked, detail, facts) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    private readonly Statement oldest = database.Keep(
        "SELECT number, at FROM journal WHERE number <= "
        + "(SELECT COALESCE(MIN(acknowledged), 9223372036854775807) FROM journal_reader) ORDER BY number LIMIT ?1");

    private readonly Statement delete = database.Keep("DELETE FROM journal WHERE number <= ?1");

    /// <returns>The row's number.</returns>
    public long Write(
        JournalKind kind, ElementId element, int hop, long node, string? detail = null, TimeSpan worked = default,
        string? facts = null)
    {
        long number = numbers.Next();
        insert.Bind(1, number).Bind(2, clock.Now).Bind(3, (long)kind).Bind(4, element).Bind(5, hop).Bind(6, node)
            .Bind(7, worked.ToMicroseconds()).Bind(8, detail).Bind(9, facts).Run();
        return number;
    }

    /// <summary>
    /// Forgets the oldest rows, up to the first that is not older than an instant or that a reader still needs.
    /// </summary>
    /// <returns>How many.</returns>
    public int Trim(long before, int max)
    {
        long last = 0;
        oldest.Bind(1, max);
        while (oldest.Read() && oldest.Long(1) < before)
            last = oldest.Long(0);
        oldest.Reset();
        return delete.Bind(1, last).Run();
    }
}
