using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>What readers of the journal are told of data of one type. Immutable.</summary>
internal sealed record SearchDefinition
{
    public required Type DataType { get; init; }

    public IReadOnlyList<SearchAttribute> Attributes { get; init; } = [];

    public Func<object, string?>? Subject { get; init; }

    /// <summary>Everything that is wrong with a workflow's declarations.</summary>
    public static IEnumerable<string> Faults(Workflow workflow)
    {
        foreach (IGrouping<Type, SearchDefinition> same in workflow.Parts.Search.GroupBy(search => search.DataType))
        {
            if (same.Count() > 1)
            {
                yield return $"Workflow {workflow} says twice what {same.Key.Name} is searchable by. Say it at once.";
            }

            foreach (IGrouping<string, SearchAttribute> named in same.First().Attributes
                .GroupBy(attribute => attribute.Name).Where(named => named.Count() > 1))
            {
                yield return $"Workflow {workflow} has two attributes \"{named.Key}\" of {same.Key.Name}. Rename one.";
            }
        }
    }
}

internal sealed record SearchAttribute(string Name, Func<object, HeldValue> Value, bool IsPersonal);
