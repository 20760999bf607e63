using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>An element with its place, without its data.</summary>
internal sealed record ElementRow(ElementId Id, long Node, int Hop, Place Place)
{
    public long Key => Place.Key;

    /// <summary>The place of one that its owner gave back, or lost: ready where the element now is.</summary>
    public Place Returned(int attempts) => Place with
    {
        State = ElementState.Ready,
        Owner = null,
        Node = Node,
        Hop = Hop,
        Attempts = attempts,
    };
}

/// <summary>The table <c>element</c>.</summary>
internal sealed class ElementRows
{
    private const string Select =
        $"SELECT {Places.Columns}, e.id, e.node, e.hop FROM element e CROSS JOIN place p ON p.key = e.key WHERE ";

    private readonly NodeNumbers nodes;
    private readonly TransactionClock clock;
    private readonly Statement insert;
    private readonly Statement handOver;
    private readonly Statement move;
    private readonly Statement join;
    private readonly Statement amend;
    private readonly Statement delete;
    private readonly Statement byKey;
    private readonly Statement byId;
    private readonly Statement byBusinessKey;
    private readonly Statement called;
    private readonly Statement businessKey;

    public ElementRows(Database database, NodeNumbers nodes, TransactionClock clock)
    {
        const string update = "UPDATE element SET node = ?2, hop = ?3 + 1, arrived_hop = CASE ?4 WHEN 1 THEN ?3 + 1 "
            + "ELSE arrived_hop END, moved_at = ?5, failure = ?6, data = ?7 WHERE key = ?1 AND hop = ?3";
        this.nodes = nodes;
        this.clock = clock;
        insert = database.Keep(
            "INSERT INTO element (key, id, node, hop, arrived_hop, moved_at, business_key, caller_key, caller_id, "
            + "caller_hop, caller_slot, accepted_at, data, trace) "
            + "VALUES (?1, ?2, ?3, 0, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?4, ?10, ?11)");
        move = database.Keep(update);
        handOver = database.Keep(
            $"{update} AND EXISTS (SELECT 1 FROM place WHERE key = ?1 AND owner = ?8 AND cancel = 0 "
            + "AND changes = 0)");
        join = database.Keep(
            "UPDATE element SET node = ?2, hop = hop + 1, arrived_hop = hop + 1, moved_at = ?3, failure = NULL "
            + "WHERE key = ?1");
        amend = database.Keep("UPDATE element SET data = ?2 WHERE key = ?1");
        delete = database.Keep("DELETE FROM element WHERE key = ?1");
        byKey = database.Keep($"{Select} e.key = ?1");
        byId = database.Keep($"{Select} e.id = ?1");
        byBusinessKey = database.Keep(
            $"{Select} e.key = (SELECT key FROM ticket WHERE workflow = ?1 AND business_key = ?2)");
        called = database.Keep($"{Select} e.caller_id = ?1 ORDER BY e.key");
        businessKey = database.Keep("SELECT business_key FROM element WHERE key = ?1");
    }

    public ElementRow? Find(long key) => One(byKey.Bind(1, key));

    /// <summary>
    /// The element in flight that a reference names. By business key only submitted ones can be named.
    /// </summary>
    public ElementRow? Find(ElementRef element) => One(element.Id is { } id
        ? byId.Bind(1, id)
        : byBusinessKey.Bind(1, element.Workflow).Bind(2, element.BusinessKey));

    /// <summary>What an element called and what is still in flight, oldest first.</summary>
    public IReadOnlyList<ElementRow> CalledBy(ElementId caller)
    {
        List<ElementRow> found = [];
        called.Bind(1, caller);
        while (called.Read())
            found.Add(Read(called));
        return found;
    }

    public void Insert(long key, NewElement element, long node, CallerRef? caller) =>
        insert.Bind(1, key).Bind(2, element.Id).Bind(3, node).Bind(4, clock.Now).Bind(5, element.BusinessKey)
            .Bind(6, caller?.Key).Bind(7, caller?.Id).Bind(8, caller?.Hop).Bind(9, caller?.Slot)
            .BindText(10, element.Data.Span).Bind(11, element.Trace).Run();

    /// <summary>
    /// Writes the commonest hop in one statement: its owner keeps the element and takes it on, nothing else changes.
    /// </summary>
    /// <returns>The number of the node; null when it was not that simple: then nothing was written.</returns>
    public long? HandOver(Hop hop, NodeAddress to, long owner)
    {
        long node = nodes.Of(to);
        return BindMove(handOver, hop, node).Bind(8, owner).Run() == 1 ? node : null;
    }

    /// <returns>The number of the node.</returns>
    public long Move(Hop hop, NodeAddress to)
    {
        long node = nodes.Of(to);
        BindMove(move, hop, node).Run();
        return node;
    }

    /// <summary>Takes a held element to the node where it goes on behind its batch.</summary>
    public void Join(long key, long node) => join.Bind(1, key).Bind(2, node).Bind(3, clock.Now).Run();

    public void Amend(long key, ReadOnlyMemory<byte> data) => amend.Bind(1, key).BindText(2, data.Span).Run();

    public void Delete(long key) => delete.Bind(1, key).Run();

    public string BusinessKeyOf(long key)
    {
        businessKey.Bind(1, key).Read();
        string found = businessKey.Text(0);
        businessKey.Reset();
        return found;
    }

    public NodeAddress NodeAt(long number) => nodes.At(number);

    public long NodeNumber(NodeAddress node) => nodes.Of(node);

    private Statement BindMove(Statement statement, Hop hop, long node) =>
        statement.Bind(1, hop.Key).Bind(2, node).Bind(3, hop.From).Bind(4, hop.Arrives ? 1L : 0L).Bind(5, clock.Now)
            .Bind(6, hop.Failure).BindText(7, hop.Data.Span);

    private static ElementRow? One(Statement statement)
    {
        ElementRow? found = statement.Read() ? Read(statement) : null;
        statement.Reset();
        return found;
    }

    private static ElementRow Read(Statement row) =>
        new(row.Id(Places.Next), row.Long(Places.Next + 1), row.Int(Places.Next + 2), Places.Read(row));
}
