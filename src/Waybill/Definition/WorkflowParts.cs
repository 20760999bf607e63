using System.Reflection;

namespace Waybill.Definition;

/// <summary>What a workflow's definition has said so far.</summary>
internal sealed record WorkflowParts(
    Node? Start,
    Node? CancelNode,
    IReadOnlyList<NodeDefinition> Nodes,
    IReadOnlyList<UpgradeDefinition> Upgrades)
{
    /// <summary>The changes that its elements can be asked for.</summary>
    public IReadOnlyList<ChangeDefinition> Changes { get; init; } = [];

    /// <summary>What readers of the journal are told of its data.</summary>
    public IReadOnlyList<SearchDefinition> Search { get; init; } = [];

    /// <summary>Members of its data that are kept encrypted.</summary>
    public IReadOnlyList<SecretDefinition> Secrets { get; init; } = [];

    /// <summary>The members that <see cref="Secrets"/> name.</summary>
    public IEnumerable<MemberInfo> SecretMembers => Secrets.Select(secret => secret.Member).OfType<MemberInfo>();

    /// <summary>The types of all that its code is given.</summary>
    public IEnumerable<Type> DataTypes =>
    [
        .. Nodes.Select(node => node.Node.DataType),
        .. Nodes.Select(node => node.Node.ReplyType).OfType<Type>(),
        .. Upgrades.Select(upgrade => upgrade.OldNode.DataType),
        .. Changes.Select(change => change.PayloadType),
    ];

    /// <summary>Nodes at which a cancel is too late.</summary>
    public IReadOnlyList<Node> PastCancel { get; init; } = [];

    public static WorkflowParts Empty { get; } = new(null, null, [], []);

    public WorkflowParts Add(NodeDefinition node) => this with { Nodes = [.. Nodes, node] };

    public WorkflowParts Add(ChangeDefinition change) => this with { Changes = [.. Changes, change] };

    public WorkflowParts Add(SearchDefinition search) => this with { Search = [.. Search, search] };

    public WorkflowParts Add(IEnumerable<UpgradeDefinition> upgrades) =>
        this with { Upgrades = [.. Upgrades, .. upgrades] };
}
