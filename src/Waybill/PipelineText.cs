using System.Globalization;
using System.Text;
using Waybill.Definition;

namespace Waybill;

/// <summary>Writes a site's workflows as text, from the definitions that run.</summary>
internal static class PipelineText
{
    public static string Of(SiteDefinition site)
    {
        StringBuilder text = new();
        foreach (Workflow workflow in site.Workflows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{workflow}: {workflow.InputType.Name} -> {workflow.ResultType.Name}");
            foreach (NodeDefinition node in workflow.Parts.Nodes)
                Write(text, workflow, node);
            foreach (UpgradeDefinition upgrade in workflow.Parts.Upgrades)
                text.AppendLine(CultureInfo.InvariantCulture, $"  (version {upgrade.FromVersion}/{upgrade.OldNode} is upgraded to {upgrade.To})");
            text.AppendLine();
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Workflow workflow, NodeDefinition node)
    {
        string marks = (node.Node.Name == workflow.Parts.Start?.Name ? " [start]" : string.Empty)
            + (node.Node.Name == workflow.Parts.CancelNode?.Name ? " [cancel]" : string.Empty);
        text.AppendLine(CultureInfo.InvariantCulture, $"  {node.Node}{marks}{(node.Purpose is null ? string.Empty : $": {node.Purpose}")}");
        foreach (string exit in Exits(node))
            text.AppendLine(CultureInfo.InvariantCulture, $"      -> {exit}");
        text.AppendLine(CultureInfo.InvariantCulture, $"      {string.Join(", ", Limits(node))}");
    }

    private static IEnumerable<string> Exits(NodeDefinition node) =>
        node.Exits.Select(exit => exit.Name)
            .Concat(node.Calls.Select(call => $"calls {call.Workflow}, goes on at {call.ResumesAt}"))
            .Concat(node.Signals.Select(signal => $"waits for signal {signal.Signal}, goes on at {signal.ResumesAt}"))
            .Concat(node.MayFinish ? ["finish"] : [])
            .Append(node.FailureNode is null ? "sidelined, when retries run out" : $"{node.FailureNode}, when retries run out");

    private static IEnumerable<string> Limits(NodeDefinition node)
    {
        yield return $"{node.ConcurrencyMax} at once";
        yield return $"{node.RetriesMax} retries";
        yield return $"at most {node.RunTimeMax} a run";
        if (node.Rate is { } rate)
            yield return $"{rate.Runs} per {rate.Per}";
        if (node.Priority is not null)
            yield return "by priority";
        if (node.OrderKey is not null)
            yield return "in order of each key";
    }
}
