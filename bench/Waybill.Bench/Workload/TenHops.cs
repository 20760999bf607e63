namespace Waybill.Bench.Workload;

/// <summary>
/// The measured workflow: ten nodes in a row, each of which changes a few members of the order and sends it on.
/// </summary>
internal static class TenHops
{
    private static readonly Node<Order>[] Nodes =
    [
        new("accept"), new("authorise"), new("source"), new("reserve"), new("pick"),
        new("rebin"), new("pack"), new("charge"), new("ship"), new("complete"),
    ];

    /// <summary>How often an element moves, from its first node to its end.</summary>
    public static int Hops => Nodes.Length;

    /// <summary>The workflow.</summary>
    public static Workflow<Order, Receipt> Workflow { get; } = Define();

    /// <summary>Where elements wait first.</summary>
    public static NodeAddress Start { get; } = new(Workflow.Name, Workflow.Version, Nodes[0].Name);

    /// <summary>Where elements end.</summary>
    public static NodeAddress Last { get; } = new(Workflow.Name, Workflow.Version, Nodes[^1].Name);

    /// <summary>What an order's data is after its n-th hop, for the bare loops.</summary>
    public static Order After(int hops, Order order) =>
        Nodes.Take(hops).Aggregate(order, (moved, node) => moved.Through(node.Name));

    private static Workflow<Order, Receipt> Define()
    {
        Workflow<Order, Receipt> workflow = Workflow<Order, Receipt>.Named("bench").StartsAt(Nodes[0]);
        foreach ((Node<Order> node, Node<Order> next) in Nodes.Zip(Nodes.Skip(1)))
        {
            workflow = workflow.Node(node, n => n
                .Purpose($"Notes that the order went through {node}.")
                .Run(order => Route.To(next, order.Data.Through(node.Name)))
                .GoesTo(next));
        }

        return workflow.Node(Nodes[^1], n => n
            .Purpose("Ends the order with its receipt.")
            .Run(order => Route.Finish(new Receipt(order.Data.Number, order.Data.Total, order.Data.Steps + 1)))
            .Finishes());
    }
}
