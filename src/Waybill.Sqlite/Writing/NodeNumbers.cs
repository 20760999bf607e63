using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Writing;

/// <summary>The small numbers by which rows name nodes. Filled on demand, kept in memory.</summary>
internal sealed class NodeNumbers
{
    private readonly Dictionary<NodeAddress, long> numbers = [];
    private readonly Dictionary<long, NodeAddress> addresses = [];
    private readonly Statement all;
    private readonly Statement insert;

    public NodeNumbers(Database database)
    {
        all = database.Keep("SELECT id, workflow, version, name FROM node");
        insert = database.Keep("INSERT INTO node (workflow, version, name) VALUES (?1, ?2, ?3) RETURNING id");
        Reload();
    }

    /// <summary>The number of a node, given to it now if it has none.</summary>
    public long Of(NodeAddress node) => numbers.TryGetValue(node, out long number) ? number : Insert(node);

    /// <summary>The number of a node; null when nothing was ever there.</summary>
    public long? Find(NodeAddress node) => numbers.TryGetValue(node, out long number) ? number : null;

    public NodeAddress At(long number) => addresses[number];

    /// <summary>Numbers that were given in a transaction that was rolled back are not good.</summary>
    public void Reload()
    {
        numbers.Clear();
        addresses.Clear();
        while (all.Read())
            Add(all.Long(0), new NodeAddress(all.Text(1), all.Int(2), all.Text(3)));
    }

    private long Insert(NodeAddress node)
    {
        insert.Bind(1, node.Workflow).Bind(2, node.Version).Bind(3, node.Node).Read();
        long number = insert.Long(0);
        insert.Reset();
        Add(number, node);
        return number;
    }

    private void Add(long number, NodeAddress node)
    {
        numbers.Add(node, number);
        addresses.Add(number, node);
    }
}
