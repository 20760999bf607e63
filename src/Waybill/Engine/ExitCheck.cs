using Waybill.Definition;

namespace Waybill.Engine;

/// <summary>Holds what a node's code returned against the exits that the node declares.</summary>
internal static class ExitCheck
{
    /// <exception cref="RouteException">The node does not declare it.</exception>
    public static void Onward(PlacedNode node, OnwardRoute route)
    {
        NodeDefinition definition = node.Definition;
        string onto = route.Node.Name;
        switch (route)
        {
            case CallsRoute calls:
                foreach (Call call in calls.Calls)
                {
                    string called = call.Workflow.ToString();
                    if (!definition.Calls.Any(d => d.ResumesAt.Name == onto && d.Workflow.ToString() == called))
                    {
                        throw Undeclared(node, $"calls {call.Workflow} and goes on at \"{route.Node}\"", "Calls(…)");
                    }
                }

                break;
            case SignalRoute signal:
                if (!definition.Signals.Any(d => d.Signal == signal.Signal && d.ResumesAt.Name == onto))
                {
                    throw Undeclared(
                        node, $"waits for signal {signal.Signal} and goes on at \"{route.Node}\"", "WaitsFor(…)");
                }

                break;
            default:
                if (!IsDeclared(definition.Exits, route.Node))
                    throw Undeclared(node, $"goes to \"{route.Node}\"", "GoesTo(…)");
                break;
        }
    }

    /// <exception cref="RouteException">
    /// The node does not declare it, or the result is not of the workflow's type.
    /// </exception>
    public static void Finish(PlacedNode node, Type resultType)
    {
        if (!node.Definition.MayFinish)
            throw Undeclared(node, "finishes", "Finishes()");
        Result(node, resultType, "gave");
    }

    /// <exception cref="RouteException">It is not of the workflow's result type.</exception>
    public static void Result(PlacedNode node, Type given, string act)
    {
        Type expected = node.Workflow.ResultType;
        if (!given.IsAssignableTo(expected))
        {
            throw new RouteException(
                "waybill.wrong-result",
                $"Workflow {node.Workflow} ends with {expected.Name}, node \"{node.Address}\" {act} {given.Name}.");
        }
    }

    // A plain loop: it runs once per hop.
    private static bool IsDeclared(IReadOnlyList<Node> exits, Node node)
    {
        for (int i = 0; i < exits.Count; i++)
        {
            if (ReferenceEquals(exits[i], node) || (exits[i].Name == node.Name && exits[i].DataType == node.DataType))
                return true;
        }

        return false;
    }

    private static RouteException Undeclared(PlacedNode node, string what, string declare) => new(
        "waybill.undeclared-exit",
        $"Node \"{node.Address}\" {what}, which it does not declare. Add {declare} to its definition, or route "
        + "elsewhere.");
}
