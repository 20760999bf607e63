namespace Waybill.Sqlite.Writing;

/// <summary>The nodes that got ready elements in the running transaction.</summary>
internal sealed class Arrivals(NodeNumbers nodes)
{
    private readonly HashSet<long> numbers = [];

    public void Add(long node) => numbers.Add(node);

    /// <summary>The nodes, each once; begins anew.</summary>
    public IReadOnlyList<NodeAddress> Take()
    {
        if (numbers.Count == 0)
            return [];
        NodeAddress[] taken = [.. numbers.Select(nodes.At)];
        numbers.Clear();
        return taken;
    }

    public void Forget() => numbers.Clear();
}
