using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>Finds everything that is wrong with the aggregation queues of a workflow.</summary>
internal static class HoldCheck
{
    private const int ColumnsMax = 16;
    private const int ColumnNameMax = 40;

    public static IEnumerable<string> Faults(Workflow workflow, NodeDefinition node, IReadOnlyList<Workflow> all)
    {
        if (node.Hold is not { } hold)
            return [];
        string queue = $"Aggregation queue \"{node.Node}\" of workflow {workflow}";
        IEnumerable<string> faults =
            [.. hold.Faults, .. Setup(node, hold), .. Columns(hold), .. Rules(hold), .. Target(workflow, hold, all)];
        return faults.Select(fault => $"{queue}: {fault}.");
    }

    private static IEnumerable<string> Setup(NodeDefinition node, HoldDefinition hold)
    {
        if (hold.GroupBy is null)
            yield return "it has no group key; say GroupBy";
        if (node.Node.ReplyType is not null)
            yield return "its node takes replies, but elements come to a queue by a plain hop; make it a plain node";
    }

    private static IEnumerable<string> Columns(HoldDefinition hold)
    {
        if (hold.Columns.Count > ColumnsMax)
            yield return $"it has {hold.Columns.Count} columns; {ColumnsMax} is the most";
        foreach (IGrouping<string, HoldColumn> same in hold.Columns
            .GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1))
        {
            yield return $"column \"{same.Key}\" is declared twice; rename one";
        }

        foreach (HoldColumn column in hold.Columns)
        {
            bool isName = column.Name.Length <= ColumnNameMax && column.Name.All(char.IsAsciiLetterOrDigit)
                && char.IsAsciiLetter(column.Name[0]);
            if (!isName)
                yield return $"\"{column.Name}\" cannot be a column: use a letter, then letters and digits, "
                    + $"at most {ColumnNameMax}";
            if (column.Name.Equals(HeldQuery.GroupKey, StringComparison.OrdinalIgnoreCase))
                yield return $"\"{column.Name}\" stands for the group key and cannot be a column; rename it";
            if (ColumnTypes.Of(column.ClrType) is null)
                yield return $"column \"{column.Name}\" is a {column.ClrType.Name}, which is no text, exact number or "
                    + "instant; convert it";
        }
    }

    private static IEnumerable<string> Rules(HoldDefinition hold)
    {
        foreach (HoldRule rule in hold.Rules.Where(rule => rule.NumberSource is not null))
        {
            HoldColumn? column = hold.Columns.FirstOrDefault(column => column.Source == rule.NumberSource);
            if (column is null)
                yield return $"the rule \"{rule}\" needs a column that is declared before it; say Columns first";
            else if (ColumnTypes.Of(column.ClrType) is { } type && type != HeldType.Number)
                yield return $"the rule \"{rule}\" needs a column of numbers";
        }
    }

    private static IEnumerable<string> Target(Workflow workflow, HoldDefinition hold, IReadOnlyList<Workflow> all)
    {
        if (hold.Target is not { } target)
        {
            yield return "it does not say what its elements are released into; say ReleasesTo";
            yield break;
        }

        Workflow? batches = all.FirstOrDefault(w => w.ToString() == target.Workflow.ToString());
        if (batches is null)
            yield return $"it releases to {target.Workflow}, which this site does not define; add it";
        if (batches?.Parts.Nodes.Any(n => n.Hold is not null && n.Node.Name == batches.Parts.Start?.Name) == true)
            yield return $"it releases to {target.Workflow}, which starts at an aggregation queue; batches must run";
        if (workflow.Parts.Nodes.Any(n => n.Node.Name == target.ResumesAt.Name && n.OrderKey is not null))
            yield return $"its elements go on at \"{target.ResumesAt}\", which is OrderedBy a key; members of a batch "
                + "go on all at once, in no order. Let them go on at a node without a key, and on from there to an "
                + "ordered one";
    }
}
