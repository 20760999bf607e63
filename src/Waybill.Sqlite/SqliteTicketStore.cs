using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteTicketStore(Writer writer, Readers readers) : ITicketStore
{
    private const string Select =
        "SELECT key, id, workflow, business_key, accepted_at, ending, ended_at, result, reason FROM ticket";

    private const int PurgeLook = 10_000;

    private long purgedTo;

    public Task<TicketRecord?> FindAsync(ElementRef element, CancellationToken cancel) =>
        readers.ReadAsync(database => Find(database, element)?.Ticket, cancel);

    public Task<TicketStanding?> StandingAsync(ElementRef element, CancellationToken cancel) =>
        readers.ReadAsync(
            database => Find(database, element) is var (key, ticket)
                ? new TicketStanding(ticket, ticket.Ending is null ? ElementAt(database, key) : null)
                : null,
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
        // Looked for by a reader: the writer must not stand still meanwhile. What it finds stays true, because an ended
        // ticket does not change any more. In the order of acceptance, and from the beginning again as soon as none was
        // accepted early enough: so no index has to be kept by each ending, and no pass reads the whole table.
        long before = endedBefore.ToMicroseconds();
        List<(long Key, long AcceptedAt, long? EndedAt)> looked = await readers.ReadAsync(
            database => database.All(
                $"SELECT key, accepted_at, ended_at FROM ticket WHERE key > ?1 ORDER BY key LIMIT {PurgeLook}",
                new Conditions().And(purgedTo, "key > "),
                row => (row.Long(0), row.Long(1), row.OptionalLong(2))),
            cancel);
        List<long> old = [.. looked.Where(row => row.EndedAt < before).Take(max).Select(row => row.Key)];
        bool mayBeMore = looked.Count == PurgeLook && looked.Exists(row => row.AcceptedAt < before);
        purgedTo = old.Count == max ? old[^1] : mayBeMore ? looked[^1].Key : 0;
        return old.Count == 0
            ? 0
            : await writer.RunAsync(session => old.Count(session.Tickets.Delete), cancel, weight: old.Count);
    }

    private static (long Key, TicketRecord Ticket)? Find(Database database, ElementRef element)
    {
        Conditions conditions = new Conditions()
            .And(element.Id, "id = ")
            .And(element.Workflow, "workflow = ")
            .And(element.BusinessKey, "business_key = ");
        List<(long, TicketRecord)> found = database.All(
            $"{Select} WHERE {conditions.Text}", conditions, row => (row.Long(0), Read(row)));
        return found.Count > 0 ? found[0] : null;
    }

    private static ElementSummary? ElementAt(Database database, long key)
    {
        Conditions conditions = new Conditions().And(key, "p.key = ");
        return database.All(
            $"{SqliteElementDirectory.Summary} {SqliteElementDirectory.Joined} WHERE {conditions.Text}",
            conditions,
            SqliteElementDirectory.ReadSummary).FirstOrDefault();
    }

    private static Conditions Matching(TicketFilter filter) => new Conditions()
        .And(filter.Workflow, "workflow = ")
        .AndIf(filter.HasEnded, "ending IS NOT NULL", "ending IS NULL")
        .And((long?)filter.Ending, "ending = ");

    private static TicketRecord Read(Statement row) => new(
        row.Id(1), row.Text(2), row.Text(3), row.Long(4).ToInstant(), (Ending?)row.OptionalLong(5),
        row.OptionalLong(6)?.ToInstant(), row.Json(7), row.OptionalText(8));
}
