using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteElementDirectory(Readers readers) : IElementDirectory
{
    // While an element is owned its owner may have taken it on: then only its own row says where it is. For all others
    // the narrow table is enough, which matters when a million wait.
    private const string Node =
        "CASE WHEN p.owner IS NULL THEN p.node ELSE (SELECT o.node FROM element o WHERE o.key = p.key) END";

    /// <summary>The columns that <see cref="ReadSummary"/> takes.</summary>
    internal const string Summary =
        "SELECT p.key, e.id, e.business_key, n.workflow, n.version, n.name, p.state, e.hop, e.accepted_at, e.moved_at, "
        + "e.caller_id, p.cancel";

    /// <summary>The columns that <see cref="ReadDetails"/> takes.</summary>
    internal const string Details =
        $"{Summary}, e.data, p.due, p.signal, p.pending_calls, p.revision, "
        + "(SELECT b.id FROM element b WHERE b.key = p.batch)";

    /// <summary>The first column behind those.</summary>
    internal const int Next = 18;

    /// <summary>Where those are, of elements <c>e</c> at places <c>p</c>.</summary>
    internal const string Joined =
        "FROM place p CROSS JOIN element e ON e.key = p.key CROSS JOIN node n ON n.id = e.node";

    public Task<ElementDetails?> FindAsync(ElementRef element, CancellationToken cancel) =>
        readers.ReadAsync<ElementDetails?>(
            database =>
            {
                Conditions conditions = element.Id is { } id
                    ? new Conditions().And(id, "p.key = (SELECT key FROM element WHERE id = ", ")")
                    : new Conditions()
                        .And(element.Workflow, "p.key = (SELECT key FROM ticket WHERE workflow = ")
                        .And(element.BusinessKey, "business_key = ", ")");
                return database.All(
                    $"{Details} {Joined} WHERE {conditions.Text}", conditions, ReadDetails).FirstOrDefault();
            },
            cancel);

    public Task<Page<ElementSummary>> ListAsync(ElementFilter filter, PageRequest page, CancellationToken cancel) =>
        readers.ReadAsync(
            database => database.Page($"{Summary} {Joined}", "p.key", Matching(filter), page, ReadSummary), cancel);

    public Task<long> CountAsync(ElementFilter filter, CancellationToken cancel) =>
        readers.ReadAsync(
            database =>
            {
                Conditions conditions = Matching(filter);
                return database.Number($"SELECT COUNT(*) {Source(filter)} WHERE {conditions.Text}", conditions);
            },
            cancel);

    public Task<IReadOnlyList<NodeCount>> CountByNodeAsync(ElementFilter filter, CancellationToken cancel) =>
        readers.ReadAsync<IReadOnlyList<NodeCount>>(
            database =>
            {
                Conditions conditions = Matching(filter);
                // The ready ones are most when many wait, and an index holds just them, in the order of their nodes.
                return database.All(
                    "SELECT n.workflow, n.version, n.name, c.state, c.count FROM ("
                    + $"SELECT p.node AS node, 0 AS state, COUNT(*) AS count {Source(filter)} "
                    + $"WHERE p.state = 0 AND {conditions.Text} GROUP BY p.node UNION ALL "
                    + $"SELECT {Node}, p.state, COUNT(*) {Source(filter)} "
                    + $"WHERE p.state <> 0 AND {conditions.Text} GROUP BY 1, 2) c "
                    + "JOIN node n ON n.id = c.node ORDER BY c.node, c.state",
                    conditions,
                    row => new NodeCount(row.Node(0), (ElementState)row.Int(3), row.Long(4)));
            },
            cancel);

    private static string Source(ElementFilter filter) =>
        filter.BusinessKey is null && filter.Caller is null && filter.AcceptedBefore is null
            ? "FROM place p"
            : "FROM place p JOIN element e ON e.key = p.key";

    private static Conditions Matching(ElementFilter filter) => new Conditions()
        .And(filter.Workflow, $"{Node} IN (SELECT id FROM node WHERE workflow = ", ")")
        .And(filter.Version, $"{Node} IN (SELECT id FROM node WHERE version = ", ")")
        .And(filter.Node, $"{Node} IN (SELECT id FROM node WHERE name = ", ")")
        .And((long?)filter.State, "p.state = ")
        .And(filter.BusinessKey, "e.business_key = ")
        .And(filter.Caller, "p.key IN (SELECT key FROM element WHERE caller_id = ", ")")
        .And(filter.Batch, "p.batch = (SELECT key FROM element WHERE id = ", ")")
        .And(filter.AcceptedBefore?.ToMicroseconds(), "e.accepted_at < ");

    internal static ElementSummary ReadSummary(Statement row) => new(
        row.Id(1), row.Text(2), row.Node(3), (ElementState)row.Int(6), row.Int(7), row.Long(8).ToInstant(),
        row.Long(9).ToInstant(), row.OptionalId(10), (Moving.CancelMark)row.Int(11) == Moving.CancelMark.Pending);

    internal static ElementDetails ReadDetails(Statement row) => new(
        row.Long(0), ReadSummary(row), row.Bytes(12), row.OptionalLong(13)?.ToInstant(), row.OptionalText(14),
        row.Int(15))
    {
        Revision = row.Int(16),
        Batch = row.OptionalId(17),
    };
}
