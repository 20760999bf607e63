using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Writing;

/// <summary>The table <c>journal_reader</c>.</summary>
internal sealed class JournalReaders(Database database, TransactionClock clock)
{
    private readonly Statement insert = database.Keep(
        "INSERT INTO journal_reader (name, acknowledged, since) VALUES (?1, 0, ?2) ON CONFLICT (name) DO NOTHING");

    private readonly Statement find = database.Keep("SELECT acknowledged FROM journal_reader WHERE name = ?1");
    private readonly Statement acknowledge = database.Keep(
        "UPDATE journal_reader SET acknowledged = ?2 WHERE name = ?1 AND acknowledged < ?2");

    private readonly Statement remove = database.Keep("DELETE FROM journal_reader WHERE name = ?1");

    /// <returns>The number of the row that it acknowledged last.</returns>
    public long Open(string reader)
    {
        insert.Bind(1, reader).Bind(2, clock.Now).Run();
        long acknowledged = find.Bind(1, reader).Read() ? find.Long(0) : 0;
        find.Reset();
        return acknowledged;
    }

    public int Acknowledge(string reader, long number) => acknowledge.Bind(1, reader).Bind(2, number).Run();

    public int Remove(string reader) => remove.Bind(1, reader).Run();
}
