using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteTicketStore(Writer writer, Readers readers) : ITicketStore
{
    private const string Select =
        "SELECT key, id, workflow, business_key, accepted_at, ending, ended_at, result, reason FROM ticket";

    public Task<TicketRecord?> FindAsync(ElementRef element, CancellationToken cancel) =>
        readers.ReadAsync(
            database =>
            {
                Conditions conditions = new Conditions()
                    .And(element.Id, "id = ")
                    .And(element.Workflow, "workflow = ")
                    .And(element.BusinessKey, "business_key = ");
                return database.All($"{Select} WHERE {conditions.Text}", conditions, Read).FirstOrDefault();
            },
            cancel);

    public Task<Page<TicketRecord>> ListAsync(TicketFilter filter, PageRequest page, CancellationToken cancel) =>
        readers.ReadAsync(database => database.Page(Select, "key", Matching(filter), page, Read), cancel);

    public Task<long> CountAsync(TicketFilter filter, CancellationToken cancel) =>
        readers.ReadAsync(
            database =>
            {
                Conditions conditions = Matching(filter);
                return database.Number($"SELECT COUNT(*) FROM ticket WHERE {conditions.Text}", conditions);
            },
            cancel);

    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, int max, CancellationToken cancel)
    {
        // Looked for by a reader: the writer must not stand still while a long table is searched. What it finds stays
        // true, because an ended ticket does not change any more.
        List<long> old = await readers.ReadAsync(
            database => database.All(
                $"SELECT key FROM ticket WHERE ended_at < ?1 ORDER BY key LIMIT {max}",
                new Conditions().And(endedBefore.ToMicroseconds(), "ended_at < "),
                row => row.Long(0)),
            cancel);
        return old.Count == 0
            ? 0
            : await writer.RunAsync(session => old.Count(session.Tickets.Delete), cancel, weight: old.Count);
    }

    private static Conditions Matching(TicketFilter filter) => new Conditions()
        .And(filter.Workflow, "workflow = ")
        .AndIf(filter.HasEnded, "ending IS NOT NULL", "ending IS NULL")
        .And((long?)filter.Ending, "ending = ");

    private static TicketRecord Read(Statement row) => new(
        row.Id(1), row.Text(2), row.Text(3), row.Long(4).ToInstant(), (Ending?)row.OptionalLong(5),
        row.OptionalLong(6)?.ToInstant(), row.Json(7), row.OptionalText(8));
}
