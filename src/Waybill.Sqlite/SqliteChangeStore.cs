using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteChangeStore(Writer writer, Readers readers, TimeProvider time) : IChangeStore
{
    private const string Select =
        "SELECT r.number, r.id, r.type, r.element, r.workflow, r.business_key, r.payload, r.actor, r.reason, r.at "
        + "FROM change_request r";

    public Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel) =>
        writer.RunAsync(session => session.ChangeIntake.Request(change), cancel);

    public async Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only, int max, CancellationToken cancel)
    {
        // Most often nothing has run out, and then the writer need not be troubled.
        if (await readers.ReadAsync(HasDue, cancel))
            await writer.RunAsync(session => session.ChangeIntake.WithdrawDue(), cancel);
        return await readers.ReadAsync<IReadOnlyList<PendingChange>>(
            database =>
            {
                Conditions conditions = new Conditions().And(only, "r.id = ");
                return database.All(
                    $"{SqliteElementDirectory.Details}, r.id, r.type, r.payload, m.is_concerned FROM change_mark m "
                    + "CROSS JOIN change_request r ON r.number = m.request CROSS JOIN place p ON p.key = m.key "
                    + "CROSS JOIN element e ON e.key = m.key CROSS JOIN node n ON n.id = e.node "
                    + $"WHERE m.is_cancel = 0 AND p.owner IS NULL AND {conditions.Text} "
                    + "AND (m.answered_hop IS NOT e.hop OR m.answered_revision IS NOT p.revision) "
                    + $"ORDER BY m.request, m.key LIMIT {max}",
                    conditions,
                    ReadPending);
            },
            cancel);
    }

    public Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel) =>
        writer.RunAsync(session => session.ChangeIntake.Resolve(resolutions), cancel, weight: resolutions.Count);

    public async Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel) =>
        await writer.RunAsync(session => session.ChangeIntake.Withdraw(change), cancel)
            ? await FindAsync(change, cancel)
            : null;

    public Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel) =>
        readers.ReadAsync<ChangeRecord?>(
            database =>
            {
                Conditions conditions = new Conditions().And(change, "r.id = ");
                using Statement outcomes = Outcomes(database);
                return database.All($"{Select} WHERE {conditions.Text}", conditions, row => Read(row, outcomes))
                    .FirstOrDefault();
            },
            cancel);

    public Task<Page<ChangeRecord>> ListAsync(ChangeFilter filter, PageRequest page, CancellationToken cancel) =>
        readers.ReadAsync(
            database =>
            {
                using Statement outcomes = Outcomes(database);
                return database.Page(Select, "r.number", Matching(filter), page, row => Read(row, outcomes));
            },
            cancel);

    public Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(ChangeFilter filter, CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyDictionary<ChangeOutcome, long>>(
            database =>
            {
                Conditions conditions = Matching(filter);
                return database.All(
                    "SELECT o.outcome, COUNT(*) FROM change_request r JOIN change_outcome o ON o.request = r.number "
                    + $"WHERE {conditions.Text} GROUP BY o.outcome",
                    conditions,
                    row => (Outcome: (ChangeOutcome)row.Int(0), Count: row.Long(1)))
                    .ToDictionary(row => row.Outcome, row => row.Count);
            },
            cancel);

    private static Conditions Matching(ChangeFilter filter) => new Conditions()
        .And(filter.Target?.Id, "r.element = ")
        .And(filter.Target?.Workflow, "r.workflow = ")
        .And(filter.Target?.BusinessKey, "r.business_key = ")
        .And(filter.Reached, "r.number IN (SELECT request FROM change_outcome WHERE element = ", ")")
        .And(filter.Type, "r.type = ")
        .AndIf(
            filter.HasEnded,
            "r.number NOT IN (SELECT request FROM change_outcome WHERE outcome = 0)",
            "r.number IN (SELECT request FROM change_outcome WHERE outcome = 0)")
        .And(filter.Since?.ToMicroseconds(), "r.at >= ");

    private bool HasDue(Database database) => database.Number(
        "SELECT EXISTS (SELECT 1 FROM change_request WHERE due <= ?1)",
        new Conditions().And(time.GetUtcNow().ToMicroseconds(), "due <= ")) != 0;

    private static Statement Outcomes(Database database) => database.Prepare(
        "SELECT o.element, o.outcome, n.workflow, n.version, n.name, o.hop, o.at, o.reason, o.difference "
        + "FROM change_outcome o LEFT JOIN node n ON n.id = o.node WHERE o.request = ?1 ORDER BY o.number");

    private static PendingChange ReadPending(Statement row) => new(
        row.Change(SqliteElementDirectory.Next), row.Text(SqliteElementDirectory.Next + 1),
        row.Json(SqliteElementDirectory.Next + 2), SqliteElementDirectory.ReadDetails(row),
        row.Long(SqliteElementDirectory.Next + 3) != 0);

    private static ChangeRecord Read(Statement row, Statement outcomes)
    {
        List<ElementOutcome> found = [];
        outcomes.Bind(1, row.Long(0));
        while (outcomes.Read())
            found.Add(ReadOutcome(outcomes));
        return new ChangeRecord(
            row.Change(1), row.Text(2), row.Id(3), row.Text(4), row.Text(5), row.Json(6),
            new Actor(row.Text(7), row.OptionalText(8)), row.Long(9).ToInstant(), found);
    }

    private static ElementOutcome ReadOutcome(Statement row) => new(
        row.Id(0), (ChangeOutcome)row.Int(1), row.IsNull(2) ? null : row.Node(2), row.Int(5), row.Long(6).ToInstant(),
        row.OptionalText(7), row.OptionalText(8));
}
