using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteSidelinedStore(Writer writer, Readers readers) : ISidelinedStore
{
    private const int GroupMax = 1000;
    private const int MessageLengthMax = 200;

    private const string Joined =
        "FROM sidelined s CROSS JOIN element e ON e.key = s.key CROSS JOIN node n ON n.id = e.node";

    private const string Select =
        "SELECT s.key, e.id, e.business_key, n.workflow, n.version, n.name, e.hop, s.at, s.type, s.message, s.stack, "
        + $"s.node, s.attempts, e.caller_key, e.caller_id, e.caller_hop, e.caller_slot, e.data, "
        + "(SELECT p.revision FROM place p WHERE p.key = s.key), "
        + $"(SELECT p.order_key FROM place p WHERE p.key = s.key), e.failure {Joined}";

    public Task<Page<SidelinedElement>> ListAsync(SidelinedFilter filter, PageRequest page, CancellationToken cancel) =>
        readers.ReadAsync(database => database.Page(Select, "s.key", Matching(filter), page, Read), cancel);

    public Task<long> CountAsync(SidelinedFilter filter, CancellationToken cancel) =>
        readers.ReadAsync(
            database =>
            {
                Conditions conditions = Matching(filter);
                return database.Number($"SELECT COUNT(*) {Joined} WHERE {conditions.Text}", conditions);
            },
            cancel);

    public Task<IReadOnlyList<SidelinedGroup>> GroupAsync(SidelinedFilter filter, CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyList<SidelinedGroup>>(
            database =>
            {
                Conditions conditions = Matching(filter);
                return database.All(
                    "SELECT n.workflow, n.version, n.name, s.type, "
                    + $"SUBSTR(s.message, 1, {MessageLengthMax}) AS message, COUNT(*), MIN(s.at), MAX(s.at) "
                    + $"{Joined} WHERE {conditions.Text} "
                    + $"GROUP BY n.id, s.type, 5 ORDER BY COUNT(*) DESC, MIN(s.key) LIMIT {GroupMax}",
                    conditions,
                    row => new SidelinedGroup(
                        row.Node(0), row.Text(3), row.Text(4), row.Long(5), row.Long(6).ToInstant(),
                        row.Long(7).ToInstant()));
            },
            cancel);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel)
    {
        SqliteElementStore.RequireOneEach(hops);
        RequireNoHandOver(hops, "sidelined");
        return writer.RunAsync<IReadOnlyList<HopOutcome>>(
            session => session.Hops.Act(hops, ElementState.Sidelined), cancel, weight: hops.Count);
    }

    /// <exception cref="ArgumentException">An element that nobody owns is to be handed on in memory.</exception>
    internal static void RequireNoHandOver(IReadOnlyList<Hop> hops, string state)
    {
        if (hops.FirstOrDefault(hop => hop.To is Destination.HandOver) is { } wrong)
        {
            throw new ArgumentException(
                $"Nobody owns the {state} element {wrong.Id}, so nobody can be handed it. Enqueue it.", nameof(hops));
        }
    }

    private static Conditions Matching(SidelinedFilter filter) => new Conditions()
        .And(filter.Id, "e.id = ")
        .And(filter.Workflow, "n.workflow = ")
        .And(filter.Node, "n.name = ")
        .And(filter.FailureType, "s.type = ")
        .And(filter.MessagePart, "INSTR(s.message, ", ") > 0")
        .And(filter.SidelinedBefore?.ToMicroseconds(), "s.at < ");

    private static SidelinedElement Read(Statement row) => new(
        row.Long(0), row.Id(1), row.Text(2), row.Node(3), row.Int(6), row.Long(7).ToInstant(),
        new Failure(row.Text(8), row.Text(9), row.OptionalText(10), row.Text(11), row.Int(12)),
        row.IsNull(13) ? null : new CallerRef(row.Long(13), row.Id(14), row.Int(15), row.Int(16)),
        row.Bytes(17))
    {
        Revision = row.Int(18),
        OrderKey = row.OptionalText(19),
        BroughtFailure = row.OptionalText(20),
    };
}
