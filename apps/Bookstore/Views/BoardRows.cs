namespace Bookstore.Views;

/// <summary>A line of the board: one node, or all nodes of a workflow together.</summary>
public sealed record BoardRow(
    string Name, long Waiting, long Running, long Done, long Retries, long Sidelined, double PerSecond);

/// <summary>Fits the nodes into a terminal: where there is no room for all, some workflows get one line each.</summary>
public static class BoardRows
{
    /// <summary>
    /// The lines, in the nodes' order. Which workflows are folded depends on the room alone, so that lines stay where
    /// they are; the first ones are unfolded first.
    /// </summary>
    /// <param name="nodes">All nodes.</param>
    /// <param name="room">How many lines there are; what does not fit even when folded is left out.</param>
    public static IReadOnlyList<BoardRow> Fit(IReadOnlyList<NodeRow> nodes, int room)
    {
        List<NodeRow[]> workflows = [.. nodes.GroupBy(node => node.Node.Workflow).Select(group => group.ToArray())];
        int left = room - workflows.Count;
        List<BoardRow> rows = [];
        foreach (NodeRow[] workflow in workflows)
        {
            bool isUnfolded = workflow.Length - 1 <= left;
            left -= isUnfolded ? workflow.Length - 1 : 0;
            rows.AddRange(isUnfolded ? workflow.Select(Line) : [Folded(workflow)]);
        }

        return [.. rows.Take(Math.Max(0, room))];
    }

    private static BoardRow Line(NodeRow node) => new(
        $"{node.Node.Workflow}/{node.Node.Node}",
        node.Waiting, node.Running, node.Done, node.Retries, node.Sidelined, node.PerSecond);

    private static BoardRow Folded(NodeRow[] workflow) => new(
        $"{workflow[0].Node.Workflow} ({workflow.Length} nodes)",
        workflow.Sum(node => node.Waiting),
        workflow.Sum(node => node.Running),
        workflow.Sum(node => node.Done),
        workflow.Sum(node => node.Retries),
        workflow.Sum(node => node.Sidelined),
        workflow.Sum(node => node.PerSecond));
}
