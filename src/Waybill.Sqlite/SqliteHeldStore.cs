using System.Collections.Concurrent;
using Waybill.Sqlite.Holding;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteHeldStore(Writer writer, Readers readers, bool isReadOnly) : IHeldStore
{
    private readonly ConcurrentDictionary<NodeAddress, HeldTable> declared = [];

    public async Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel)
    {
        IReadOnlyList<HeldTable> tables = isReadOnly
            ? await readers.ReadAsync<IReadOnlyList<HeldTable>>(
                database => [.. queues.Select(queue => FindTable(database, queue))], cancel)
            : await writer.RunAsync<IReadOnlyList<HeldTable>>(
                session => [.. queues.Select(session.Held.Declare)], cancel);
        foreach (HeldTable table in tables)
            declared[table.Queue] = table;
    }

    public Task<HeldPage> ListAsync(
        NodeAddress queue, HeldFilter filter, HeldPageRequest page, CancellationToken cancel) =>
        readers.ReadAsync(database => HeldListing.Page(database, Table(queue), filter, page), cancel);

    public Task<IReadOnlyList<HeldGroup>> GroupAsync(NodeAddress queue, HeldQuery query, CancellationToken cancel) =>
        readers.ReadAsync(database => HeldListing.Groups(database, Table(queue), query), cancel);

    public Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel) =>
        writer.RunAsync(session => session.Releases.Release(release), cancel, weight: release.Max);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel)
    {
        SqliteElementStore.RequireOneEach(hops);
        SqliteSidelinedStore.RequireNoHandOver(hops, "held");
        return writer.RunAsync<IReadOnlyList<HopOutcome>>(
            session => session.Hops.Act(hops, ElementState.Held), cancel, weight: hops.Count);
    }

    public Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel) =>
        writer.RunAsync(session => session.Amendments.Amend(amendments), cancel, weight: amendments.Count);

    public Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel) =>
        readers.ReadAsync(
            database => database.Page(
                "SELECT p.key, e.id, e.business_key, e.data FROM place p CROSS JOIN element e ON e.key = p.key",
                "p.key",
                new Conditions().And(batch, "p.batch = (SELECT key FROM element WHERE id = ", ")"),
                page,
                row => new BatchMember(row.Long(0), row.Id(1), row.Text(2), row.Bytes(3))),
            cancel);

    private HeldTable Table(NodeAddress queue) =>
        declared.TryGetValue(queue, out HeldTable? table) ? table : throw HeldQuestions.NotDeclared(queue);

    /// <exception cref="InvalidOperationException">The table is not as this process wants it.</exception>
    private static HeldTable FindTable(Database database, HeldQueue queue)
    {
        NodeAddress node = queue.Node;
        Conditions same = new Conditions()
            .And(node.Workflow, "n.workflow = ").And(node.Version, "n.version = ").And(node.Node, "n.name = ");
        (long Number, string Columns) kept = database.All(
            $"SELECT h.node, h.columns FROM held_queue h JOIN node n ON n.id = h.node WHERE {same.Text}", same,
            row => (row.Long(0), row.Text(1))).FirstOrDefault();
        HeldTable table = new(kept.Number, node, queue.Columns);
        return kept.Columns is { } columns && table.IsLike(new HeldTable(kept.Number, node, HeldTable.Parse(columns)))
            ? table
            : throw new InvalidOperationException(
                $"The database has no table with these columns for the aggregation queue {node}. The process that "
                + "writes to it has to declare it first, and with the same columns.");
    }
}
