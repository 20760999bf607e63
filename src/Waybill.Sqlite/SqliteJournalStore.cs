using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

/// <summary>
/// The journal. One writer numbers all rows and its transactions follow one another, so a position is the row's
/// number and nothing can come before it later.
/// </summary>
internal sealed class SqliteJournalStore(Writer writer, Readers readers) : IJournalStore
{
    private const string Select =
        "SELECT j.number, j.at, j.kind, j.element, j.hop, n.workflow, n.version, n.name, j.worked, j.detail, j.facts "
        + "FROM journal j CROSS JOIN node n ON n.id = j.node";

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalPosition after, int max, CancellationToken cancel) =>
        ReadAsync(new Conditions().And(after.Transaction, "j.number > "), "j.number", max, cancel);

    public async Task<JournalPosition> EndAsync(CancellationToken cancel) => new(
        await readers.ReadAsync(
            database => database.ReadNumber("SELECT COALESCE(MAX(number), 0) FROM journal"), cancel),
        0);

    public async Task<HistoryPage> HistoryAsync(
        HistoryFilter filter, HistoryPageRequest page, CancellationToken cancel)
    {
        (string beyond, string order) = page.NewestFirst ? ("<", "j.number DESC") : (">", "j.number");
        Conditions conditions = Of(filter).And(page.After?.Transaction, $"j.number {beyond} ");
        return HistoryPage.Cut(await ReadAsync(conditions, order, page.Size + 1, cancel), page.Size);
    }

    public Task<long> CountHistoryAsync(HistoryFilter filter, CancellationToken cancel) =>
        readers.ReadAsync(
            database =>
            {
                Conditions conditions = Of(filter);
                return database.Number($"SELECT COUNT(*) FROM journal j WHERE {conditions.Text}", conditions);
            },
            cancel);

    public Task<long> CountAsync(CancellationToken cancel) =>
        readers.ReadAsync(database => database.ReadNumber("SELECT COUNT(*) FROM journal"), cancel);

    public async Task<JournalPosition> OpenReaderAsync(string reader, CancellationToken cancel) =>
        new(await writer.RunAsync(session => session.JournalReaders.Open(reader), cancel), 0);

    // An acknowledgement that is lost with the machine only keeps rows for longer.
    public Task AcknowledgeAsync(string reader, JournalPosition position, CancellationToken cancel) =>
        writer.RunAsync(
            session => session.JournalReaders.Acknowledge(reader, position.Transaction), cancel, isExpendable: true);

    public Task<IReadOnlyList<JournalReader>> ReadersAsync(CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyList<JournalReader>>(
            database => database.All(
                "SELECT name, acknowledged, since FROM journal_reader ORDER BY name", new Conditions(),
                row => new JournalReader(row.Text(0), new JournalPosition(row.Long(1), 0), row.Long(2).ToInstant())),
            cancel);

    public Task RemoveReaderAsync(string reader, CancellationToken cancel) =>
        writer.RunAsync(session => session.JournalReaders.Remove(reader), cancel);

    public Task<long> CountAfterAsync(JournalPosition after, CancellationToken cancel) =>
        readers.ReadAsync(
            database => database.Number(
                "SELECT COUNT(*) FROM journal WHERE number > ?1", new Conditions().And(after.Transaction, "number > ")),
            cancel);

    public Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
        writer.RunAsync(session => session.Journal.Trim(before.ToMicroseconds(), max), cancel, weight: max);

    private Task<IReadOnlyList<JournalEntry>> ReadAsync(
        Conditions conditions, string order, int max, CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyList<JournalEntry>>(
            database => database.All(
                $"{Select} WHERE {conditions.Text} ORDER BY {order} LIMIT {max}", conditions, Read),
            cancel);

    private static Conditions Of(HistoryFilter filter) =>
        new Conditions().And(filter.Element, "j.element = ").And((long?)filter.Kind, "j.kind = ");

    private static JournalEntry Read(Statement row) => new(
        new JournalPosition(row.Long(0), 0), row.Long(1).ToInstant(), (JournalKind)row.Int(2), row.Id(3), row.Int(4),
        row.Node(5), row.Long(8).ToSpan(), row.OptionalText(9))
    {
        Facts = row.OptionalText(10),
    };
}
