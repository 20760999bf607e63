using System.Text;
using Waybill.Definition;
using Waybill.Stores;
using static System.FormattableString;

namespace Waybill;

/// <summary>Writes a site's workflows as text, from the definitions that run.</summary>
internal static class PipelineText
{
    public static string Of(SiteDefinition site)
    {
        StringBuilder text = new();
        foreach (Workflow workflow in site.Workflows)
        {
            text.AppendLine(Invariant($"{workflow}: {workflow.InputType.Name} -> {workflow.ResultType.Name}"));
            foreach (NodeDefinition node in workflow.Parts.Nodes)
                Write(text, workflow, node);
            foreach (UpgradeDefinition old in workflow.Parts.Upgrades)
                text.AppendLine(Invariant($"  (version {old.FromVersion}/{old.OldNode} is upgraded to {old.To})"));
            foreach (string change in Changes(workflow.Parts))
                text.AppendLine(Invariant($"  change {change}"));
            text.AppendLine();
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Workflow workflow, NodeDefinition node)
    {
        string marks = (node.Node.Name == workflow.Parts.Start?.Name ? " [start]" : string.Empty)
            + (node.Node.Name == workflow.Parts.CancelNode?.Name ? " [cancel]" : string.Empty);
        string purpose = node.Purpose is null ? string.Empty : $": {node.Purpose}";
        text.AppendLine(Invariant($"  {node.Node}{marks}{purpose}"));
        foreach (string exit in Exits(node))
            text.AppendLine(Invariant($"      -> {exit}"));
        text.AppendLine(Invariant($"      {string.Join(", ", node.Hold is { } hold ? Rules(hold) : Limits(node))}"));
    }

    private static IEnumerable<string> Rules(HoldDefinition hold) =>
    [
        $"holds by group with columns [{string.Join(", ", hold.Columns.Select(Column))}]",
        .. hold.Rules.Select(rule => $"released {rule}"),
        $"at most {hold.BatchMax} a batch",
    ];

    private static string Column(HoldColumn column) => $"{column.Name} {ColumnTypes.Of(column.ClrType)}";

    private static IEnumerable<string> Exits(NodeDefinition node) =>
        node.Exits.Select(exit => exit.Name)
            .Concat(node.Calls.Select(call => $"calls {call.Workflow}, goes on at {call.ResumesAt}"))
            .Concat(node.Signals.Select(signal => $"waits for signal {signal.Signal}, goes on at {signal.ResumesAt}"))
            .Concat(node.Hold?.Target is { } to ? [$"released to {to.Workflow}, goes on at {to.ResumesAt}"] : [])
            .Concat(node.MayFinish ? ["finish"] : [])
            .Append($"{node.FailureNode?.Name ?? "sidelined"}, when retries run out");

    private static IEnumerable<string> Changes(WorkflowParts parts)
    {
        foreach (ChangeDefinition change in parts.Changes)
        {
            string where = change.IsDecided
                ? "decided by the workflow"
                : $"accepted at {Names(change.Acceptances.SelectMany(accepted => accepted.Nodes))}";
            yield return $"{change.Type}: {where}{TooLate(change.PastReturn)}";
        }

        if (parts.PastCancel.Count > 0)
            yield return $"{NewChange.CancelType}: accepted elsewhere{TooLate(parts.PastCancel)}";
    }

    private static string TooLate(IReadOnlyList<Node> past) => past.Count == 0 ? "" : $", too late at {Names(past)}";

    private static string Names(IEnumerable<Node> nodes) => string.Join(", ", nodes.Select(node => node.Name));

    private static IEnumerable<string> Limits(NodeDefinition node)
    {
        yield return $"{node.ConcurrencyMax} at once";
        yield return $"{node.RetriesMax} retries";
        yield return $"at most {node.RunTimeMax} a run";
        if (node.RemoteLease is { } lease)
            yield return $"run by remote workers with leases of {lease}";
        if (node.Rate is { } rate)
            yield return $"{rate.Runs} per {rate.Per}";
        if (node.Priority is not null)
            yield return "by priority";
        if (node.OrderKey is not null)
            yield return "in order of each key";
    }
}
