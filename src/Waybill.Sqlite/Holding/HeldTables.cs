using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>The tables of all aggregation queues, as the writer keeps them.</summary>
internal sealed class HeldTables : IDisposable
{
    private readonly Database database;
    private readonly NodeNumbers nodes;
    private readonly TransactionClock clock;
    private readonly Statement note;
    private Dictionary<long, HeldRows> tables = [];
    private Dictionary<long, HeldRows>? tablesBefore;

    public HeldTables(Database database, NodeNumbers nodes, TransactionClock clock)
    {
        (this.database, this.nodes, this.clock) = (database, nodes, clock);
        note = database.Keep("INSERT OR REPLACE INTO held_queue (node, columns) VALUES (?1, ?2)");
        Statement all = database.Keep("SELECT node, columns FROM held_queue");
        while (all.Read())
            tables.Add(all.Long(0), Rows(all.Long(0), HeldTable.Parse(all.Text(1))));
    }

    /// <summary>Creates the table of a queue, or rebuilds it when its columns have changed.</summary>
    public HeldTable Declare(HeldQueue queue)
    {
        long node = nodes.Of(queue.Node);
        HeldRows declared = Rows(node, queue.Columns);
        if (!tables.TryGetValue(node, out HeldRows? earlier))
            Create(declared.Table);
        else if (!earlier.Table.IsLike(declared.Table))
            Rebuild(declared, queue.RowOf);
        // Others that are declared in the same transaction may still fail: the tables before are kept till it commits.
        tablesBefore ??= tables;
        tables = new Dictionary<long, HeldRows>(tables) { [node] = declared };
        return declared.Table;
    }

    /// <exception cref="HeldQueryException">The queue was never declared.</exception>
    public HeldTable Table(NodeAddress queue) =>
        nodes.Find(queue) is { } node && tables.TryGetValue(node, out HeldRows? rows)
            ? rows.Table
            : throw HeldQuestions.NotDeclared(queue);

    public void Insert(long node, long key, HeldRow row) => Rows(node).Insert(key, row, clock.Now);

    /// <summary>Gives a held element a new row; in another group it counts as held from now on.</summary>
    public void Update(long node, long key, HeldRow row) => Rows(node).Update(key, row, clock.Now);

    public void Delete(long node, long key) => tables[node].Delete(key);

    public void Commit()
    {
        if (tablesBefore is null)
            return;
        foreach (HeldRows rows in tablesBefore.Values.Except(tables.Values))
            rows.Dispose();
        tablesBefore = null;
    }

    public void Rollback()
    {
        tables = tablesBefore ?? tables;
        tablesBefore = null;
    }

    public void Dispose()
    {
        foreach (HeldRows rows in tables.Values)
            rows.Dispose();
    }

    public void RequireFit(IReadOnlyList<NewElement> elements)
    {
        foreach (NewElement element in elements)
            RequireFits(element.Slot);
    }

    /// <summary>Checks a slot before anything is written.</summary>
    /// <exception cref="InvalidOperationException">Its queue was never declared, or its row does not fit.</exception>
    public void RequireFits(QueueSlot slot)
    {
        if (slot.Held is { } row)
            RequireFits(nodes.Of(slot.Node), row);
    }

    public void RequireFits(long node, HeldRow row) => Rows(node).Table.RequireFits(row);

    private HeldRows Rows(long node) => tables.TryGetValue(node, out HeldRows? rows)
        ? rows
        : throw new InvalidOperationException(
            $"{nodes.At(node)} was not declared as an aggregation queue: await "
            + $"{nameof(IHeldStore.DeclareAsync)} before an element is held there.");

    private HeldRows Rows(long node, IReadOnlyList<HeldColumn> columns) =>
        new(database, new HeldTable(node, nodes.At(node), columns));

    // SQLite does not count what creates a table as a change, so the row of the catalogue comes first: by it the writer
    // sees that there is something to roll back when the rest fails.
    private void Note(HeldTable table) => note.Bind(1, table.Node).Bind(2, table.Definition).Run();

    private void Create(HeldTable table)
    {
        Note(table);
        database.Execute(table.Creation(table.Name));
        CreateIndexes(table);
    }

    private void Rebuild(HeldRows rows, Func<ReadOnlyMemory<byte>, HeldRow> rowOf)
    {
        Note(rows.Table);
        string earlier = $"{rows.Table.Name}_before";
        database.Execute($"ALTER TABLE {rows.Table.Name} RENAME TO {earlier}");
        database.Execute(rows.Table.Creation(rows.Table.Name));
        using (Statement held = database.Prepare(
            $"SELECT h.key, h.held_at, e.data FROM {earlier} h CROSS JOIN element e ON e.key = h.key"))
        {
            while (held.Read())
                rows.Insert(held.Long(0), rowOf(held.Bytes(2)), held.Long(1));
        }

        database.Execute($"DROP TABLE {earlier}");
        CreateIndexes(rows.Table);
    }

    private void CreateIndexes(HeldTable table)
    {
        foreach (string creation in table.IndexCreations())
            database.Execute(creation);
    }
}
