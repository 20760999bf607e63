using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>Finds everything that is wrong with the changes that workflows declare.</summary>
internal static class ChangeCheck
{
    public static IEnumerable<string> Faults(IReadOnlyList<Workflow> workflows) =>
    [
        .. workflows.SelectMany(workflow => workflow.Parts.Changes.SelectMany(c => Faults(workflow, c))),
        .. workflows.SelectMany(RepeatedTypes),
        .. workflows
            .SelectMany(workflow => workflow.Parts.Changes)
            .GroupBy(change => change.Type)
            .Where(same => same.Select(change => change.PayloadType).Distinct().Count() > 1)
            .Select(same =>
                $"Change \"{same.Key}\" is declared with different types: "
                + $"{string.Join(", ", same.Select(change => change.PayloadType.Name).Distinct())}. Use one Change "
                + "object everywhere."),
    ];

    private static IEnumerable<string> RepeatedTypes(Workflow workflow) => workflow.Parts.Changes
        .GroupBy(change => change.Type)
        .Where(same => same.Count() > 1)
        .Select(same => $"Workflow {workflow} declares change \"{same.Key}\" twice. Keep one declaration.");

    private static IEnumerable<string> Faults(Workflow workflow, ChangeDefinition change)
    {
        string what = $"Change \"{change.Type}\" of workflow {workflow}";
        if (change.Type == NewChange.CancelType)
            yield return $"{what} has a reserved name. Rename it; where a cancel is too late, say CancelTooLateFrom.";
        if (change.Acceptances.Count == 0 && !change.IsDecided)
            yield return $"{what} can never apply. Declare AcceptedAt or DecidedBy.";
        if (change.Acceptances.Count > 0 && change.IsDecided)
            yield return $"{what} is both accepted at nodes and decided by the workflow. Keep AcceptedAt or DecidedBy.";

        Node[] accepting = [.. change.Acceptances.SelectMany(accepted => accepted.Nodes)];
        foreach (string node in accepting.GroupBy(node => node.Name).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"{what} is accepted twice at node \"{node}\". Name it once.";
        foreach (Node node in accepting.DistinctBy(node => node.Name).Where(change.IsPastReturn))
            yield return $"{what} is both accepted and too late at node \"{node}\". Keep one.";
        foreach (Type data in change.Deciders.GroupBy(d => d.DataType).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"{what} is decided twice for {data.Name}. Keep one DecidedBy.";
        foreach (ChangeDecider decider in change.Deciders.Where(d => !HasNodeOf(workflow, d.DataType)))
        {
            yield return $"{what} is decided for {decider.DataType.Name}, which no node of the workflow has. Give "
                + "DecidedBy the data of its nodes.";
        }
    }

    private static bool HasNodeOf(Workflow workflow, Type data) =>
        workflow.Parts.Nodes.Any(node => node.Node.DataType == data);
}
