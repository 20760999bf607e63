using Waybill.Stores;

namespace Waybill.Definition;

/// <summary>What a workflow declares of one type of change. Immutable.</summary>
internal sealed record ChangeDefinition
{
    public required string Type { get; init; }

    public required Type PayloadType { get; init; }

    public IReadOnlyList<AcceptedChange> Acceptances { get; init; } = [];

    public IReadOnlyList<ChangeDecider> Deciders { get; init; } = [];

    public IReadOnlyList<Node> PastReturn { get; init; } = [];

    /// <summary>Whether the workflow is a coordinator for the change.</summary>
    public bool IsDecided => Deciders.Count > 0;

    /// <summary>Every node that the declaration names.</summary>
    public IEnumerable<Node> NamedNodes => Acceptances.SelectMany(accepted => accepted.Nodes).Concat(PastReturn);

    public bool IsPastReturn(Node node) => PastReturn.Any(past => past.Name == node.Name);

    /// <summary>How the change applies at a node; null when it does not, and stays pending there.</summary>
    public Func<object, object, IReadOnlyList<CalledPart>, ChangeEffect>? EffectAt(Node node)
    {
        if (Deciders.FirstOrDefault(decider => decider.DataType == node.DataType) is { } decider)
            return decider.Decide;
        AcceptedChange? accepted = Acceptances.FirstOrDefault(a => a.Nodes.Any(named => named.Name == node.Name));
        return accepted is null ? null : (data, change, _) => accepted.Apply(data, change);
    }
}

/// <summary>Nodes that accept a change, and how it applies there.</summary>
internal sealed record AcceptedChange(IReadOnlyList<Node> Nodes, Func<object, object, ChangeEffect> Apply);

/// <summary>How a coordinator decides about a change wherever its elements have this data.</summary>
internal sealed record ChangeDecider(
    Type DataType, Func<object, object, IReadOnlyList<CalledPart>, ChangeEffect> Decide);

/// <summary>What a workflow's function makes of a change: a verdict, new data when it applies, else a reason.</summary>
internal sealed record ChangeEffect(ChangeVerdict Verdict, object? Data, string? Reason);
