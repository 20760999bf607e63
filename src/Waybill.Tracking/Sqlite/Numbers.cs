using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Tracking.Sqlite;

/// <summary>The small numbers by which rows name nodes and sites, and how far each site has been taken in.</summary>
internal sealed class Numbers
{
    private readonly Database database;
    private readonly Statement addNode;
    private readonly Statement addSite;
    private readonly Statement readSite;
    private readonly Statement moveSite;
    private readonly Dictionary<NodeAddress, int> nodes = [];

    public Numbers(Database database)
    {
        this.database = database;
        addNode = database.Keep("INSERT INTO node (workflow, version, name) VALUES (?1, ?2, ?3) RETURNING id");
        addSite = database.Keep(
            "INSERT INTO site (name, tx, number, processes) VALUES (?1, 0, 0, 1) ON CONFLICT (name) DO NOTHING");
        readSite = database.Keep("SELECT id, tx, number FROM site WHERE name = ?1");
        moveSite = database.Keep("UPDATE site SET tx = ?2, number = ?3 WHERE id = ?1");
        Reload();
    }

    /// <summary>Forgets what a transaction that was undone has added.</summary>
    public void Reload()
    {
        nodes.Clear();
        using Statement all = database.Prepare("SELECT id, workflow, version, name FROM node");
        while (all.Read())
            nodes.Add(new NodeAddress(all.Text(1), all.Int(2), all.Text(3)), all.Int(0));
    }

    public int OfNode(NodeAddress node)
    {
        if (nodes.TryGetValue(node, out int known))
            return known;
        addNode.Bind(1, node.Workflow).Bind(2, node.Version).Bind(3, node.Node).Read();
        int number = addNode.Int(0);
        addNode.Reset();
        nodes.Add(node, number);
        return number;
    }

    public (int Number, JournalPosition Position) OfSite(string name)
    {
        addSite.Bind(1, name).Run();
        readSite.Bind(1, name).Read();
        (int, JournalPosition) found = (readSite.Int(0), new JournalPosition(readSite.Long(1), readSite.Int(2)));
        readSite.Reset();
        return found;
    }

    public void MoveSite(int site, JournalPosition to) =>
        moveSite.Bind(1, site).Bind(2, to.Transaction).Bind(3, to.Number).Run();
}
