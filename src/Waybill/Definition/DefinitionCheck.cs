namespace Waybill.Definition;

/// <summary>Finds everything that is wrong with a set of workflows before any element moves.</summary>
internal static class DefinitionCheck
{
    public static IEnumerable<string> Faults(IReadOnlyList<Workflow> workflows) =>
    [
        .. Repeated(workflows, workflow => workflow.ToString()).Select(name =>
            $"Workflow {name} is defined twice. Give one of them another name or version."),
        .. workflows.SelectMany(workflow => Faults(workflow, workflows)),
        .. ChangeCheck.Faults(workflows),
        .. workflows.SelectMany(SearchDefinition.Faults),
        .. Repeated(workflows.SelectMany(UpgradedNodes), address => address).Select(address =>
            $"Node {address} is upgraded twice. Keep one of the upgrades."),
    ];

    public static IEnumerable<string> HostingFaults(IReadOnlyList<Workflow> workflows, SiteOptions options) =>
        options.HostedNodes
            .Where(wanted => !workflows.Any(w => w.Parts.Nodes.Any(n => IsMeant(wanted, w.Name, n.Node.Name))))
            .Select(wanted => $"Hosted node \"{wanted}\" matches no node. Write workflow/node, a workflow or a node.");

    public static bool IsMeant(string wanted, string workflow, string node) =>
        wanted == workflow || wanted == node || wanted == $"{workflow}/{node}";

    private static IEnumerable<string> Faults(Workflow workflow, IReadOnlyList<Workflow> all)
    {
        WorkflowParts parts = workflow.Parts;
        string[] repeated = [.. Repeated(parts.Nodes, node => node.Node.Name)];
        foreach (string name in repeated)
            yield return $"Workflow {workflow} has two nodes named \"{name}\". Rename one.";
        if (parts.Start is null)
            yield return $"Workflow {workflow} has no way in. Say where it StartsAt.";
        if (!parts.Nodes.Any(node => node.MayFinish))
            yield return $"Workflow {workflow} has no way to finish. Declare Finishes() on at least one node.";

        foreach (string fault in UnknownNodes(workflow))
            yield return fault;
        foreach (string fault in parts.Nodes.SelectMany(node => NodeFaults(workflow, node, all)))
            yield return fault;
        foreach (string fault in parts.Nodes.SelectMany(node => HoldCheck.Faults(workflow, node, all)))
            yield return fault;
        if (repeated.Length == 0 && parts.Start is not null)
        {
            foreach (string fault in GraphFaults(workflow))
                yield return fault;
        }

        foreach (string fault in CancelFaults(workflow).Concat(UpgradeFaults(workflow, all)))
            yield return fault;
    }

    private static IEnumerable<string> UnknownNodes(Workflow workflow)
    {
        WorkflowParts parts = workflow.Parts;
        IEnumerable<(string By, Node? Node)> named = parts.Nodes
            .SelectMany(node => node.Successors.Select(to => ($"Node \"{node.Node}\"", (Node?)to)))
            .Append(("StartsAt", parts.Start))
            .Append(("CancelsTo", parts.CancelNode))
            .Concat(parts.Upgrades.Select(upgrade => ("UpgradesFrom", (Node?)upgrade.To)))
            .Concat(parts.PastCancel.Select(node => ("CancelTooLateFrom", (Node?)node)))
            .Concat(parts.Changes.SelectMany(change =>
                change.NamedNodes.Select(node => ($"Change \"{change.Type}\"", (Node?)node))));
        return named
            .Where(name => name.Node is not null && !parts.Nodes.Any(node => IsSame(node.Node, name.Node)))
            .Select(name => parts.Nodes.Any(node => node.Node.Name == name.Node!.Name)
                ? $"{name.By} of workflow {workflow} names a node \"{name.Node}\" with other types than the "
                    + "workflow's node of that name."
                : $"{name.By} of workflow {workflow} names node \"{name.Node}\", which the workflow does not "
                    + "have. Add it with Node.")
            .Distinct();
    }

    private static IEnumerable<string> NodeFaults(Workflow workflow, NodeDefinition node, IReadOnlyList<Workflow> all)
    {
        if (node.BuildCode is null)
            yield return
                $"Node \"{node.Node}\" of workflow {workflow} has no code. Declare RunBy, Run, RunRemotely, or (for a "
                + "step) Receives.";
        if (!node.MayFinish && !node.Successors.Any() && node.Hold is null)
            yield return
                $"Node \"{node.Node}\" of workflow {workflow} is a dead end. Declare GoesTo, Calls, WaitsFor or "
                + "Finishes.";
        foreach (DeclaredCall call in node.Calls.Where(call => !all.Any(w => w.ToString() == call.Workflow.ToString())))
            yield return
                $"Node \"{node.Node}\" of workflow {workflow} calls {call.Workflow}, which this site does not "
                + "define. Add it.";
    }

    private static IEnumerable<string> GraphFaults(Workflow workflow)
    {
        WorkflowParts parts = workflow.Parts;
        ILookup<string, string> onward = parts.Nodes
            .SelectMany(node => node.Successors.Select(to => (From: node.Node.Name, To: to.Name)))
            .ToLookup(edge => edge.From, edge => edge.To);
        ILookup<string, string> backward = onward
            .SelectMany(from => from.Select(to => (From: from.Key, To: to)))
            .ToLookup(edge => edge.To, edge => edge.From);

        IEnumerable<Node?> entries = [parts.Start, parts.CancelNode, .. parts.Upgrades.Select(upgrade => upgrade.To)];
        HashSet<string> reachable = Reach(entries.OfType<Node>().Select(node => node.Name), onward);
        HashSet<string> finishing = Reach(parts.Nodes.Where(n => n.MayFinish).Select(n => n.Node.Name), backward);
        foreach (NodeDefinition node in parts.Nodes)
        {
            if (!reachable.Contains(node.Node.Name))
                yield return
                    $"Node \"{node.Node}\" of workflow {workflow} cannot be reached. Declare it as an exit of "
                    + "another, or remove it.";
            else if (finishing.Count > 0 && !finishing.Contains(node.Node.Name) && node.Successors.Any())
                yield return
                    $"Node \"{node.Node}\" of workflow {workflow} has no way to finish: no exit leads to a node "
                    + "that Finishes.";
        }
    }

    private static IEnumerable<string> CancelFaults(Workflow workflow) =>
        workflow.Parts.CancelNode is not { } cancel
            ? []
            : workflow.Parts.Nodes
                .Where(node => node.Node.DataType != cancel.DataType)
                .Select(node =>
                    $"Workflow {workflow} cancels to \"{cancel}\", which takes {cancel.DataType.Name}, but node "
                    + $"\"{node.Node}\" has {node.Node.DataType.Name}. Give all nodes the cancel node's data, "
                    + "or no cancel node.");

    private static IEnumerable<string> UpgradeFaults(Workflow workflow, IReadOnlyList<Workflow> all)
    {
        foreach (UpgradeDefinition upgrade in workflow.Parts.Upgrades)
        {
            string old = $"{workflow.Name}:{upgrade.FromVersion}";
            if (upgrade.FromVersion >= workflow.Version)
                yield return $"Workflow {workflow} upgrades from version {upgrade.FromVersion}, which is not older.";
            if (all.Any(w => w.ToString() == old && w.Parts.Nodes.Any(node => node.Node.Name == upgrade.OldNode.Name)))
                yield return
                    $"Node \"{upgrade.OldNode}\" of {old} is both defined and upgraded by {workflow}. Keep one.";
        }
    }

    private static IEnumerable<string> UpgradedNodes(Workflow workflow) => workflow.Parts.Upgrades
        .Select(upgrade => $"{workflow.Name}:{upgrade.FromVersion}/{upgrade.OldNode}");

    private static HashSet<string> Reach(IEnumerable<string> from, ILookup<string, string> edges)
    {
        HashSet<string> reached = [];
        Stack<string> open = new(from);
        while (open.TryPop(out string? name))
        {
            if (reached.Add(name))
            {
                foreach (string next in edges[name])
                    open.Push(next);
            }
        }

        return reached;
    }

    private static IEnumerable<string> Repeated<T>(IEnumerable<T> items, Func<T, string> name) =>
        items.GroupBy(name).Where(group => group.Count() > 1).Select(group => group.Key);

    private static bool IsSame(Node one, Node? other) =>
        other is not null
        && (one.Name, one.DataType, one.ReplyType) == (other.Name, other.DataType, other.ReplyType);
}
