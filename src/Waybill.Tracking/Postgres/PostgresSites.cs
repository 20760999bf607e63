using Waybill.Stores;

namespace Waybill.Tracking.Postgres;

/// <summary>Sites whose journals are followed.</summary>
internal static class PostgresSites
{
    /// <summary>
    /// Holds back everybody else who takes in rows of the site, or moves its families, until the transaction ends.
    /// </summary>
    public static async Task<(int Number, JournalPosition Position)> LockAsync(PostgresSession session, string name)
    {
        (int Number, JournalPosition Position)? found = null;
        while (true)
        {
            await session.ReadAsync(
                "select id, tx, number from waybill.site where name = $1 for update",
                row => found = (row.GetInt32(0), new JournalPosition(row.GetInt64(1), row.GetInt32(2))),
                name);
            if (found is { } site)
                return site;
            await session.RunAsync(
                "insert into waybill.site (name, tx, number, processes) values ($1, 0, 0, 1) on conflict do nothing",
                name);
        }
    }
}

/// <summary>The numbers of nodes; they never change, so they are read once.</summary>
internal sealed class PostgresNodes
{
    private volatile IReadOnlyDictionary<NodeAddress, int> known = new Dictionary<NodeAddress, int>();

    public IReadOnlyDictionary<NodeAddress, int> Known => known;

    public async Task<IReadOnlyDictionary<NodeAddress, int>> LearnAsync(
        PostgresSession session, IEnumerable<NodeAddress> named)
    {
        NodeAddress[] unknown = [.. named.Where(node => !known.ContainsKey(node)).Distinct()];
        if (unknown.Length == 0)
            return known;
        // In one order, so that two processes which learn the same nodes do not wait for each other.
        Array.Sort(unknown, (left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));
        await session.RunAsync(
            "insert into waybill.node (workflow, version, name) select * from unnest($1, $2, $3) "
            + "on conflict do nothing",
            unknown.Select(node => node.Workflow).ToArray(), unknown.Select(node => node.Version).ToArray(),
            unknown.Select(node => node.Node).ToArray());
        Dictionary<NodeAddress, int> all = [];
        await session.ReadAsync(
            "select id, workflow, version, name from waybill.node",
            row => all.Add(new NodeAddress(row.GetString(1), row.GetInt32(2), row.GetString(3)), row.GetInt32(0)));
        known = all;
        return all;
    }
}
