namespace Waybill;

/// <summary>Where an element can be: one node of one version of one workflow. Each address has its own queue.</summary>
public sealed class NodeAddress : IEquatable<NodeAddress>
{
    // Stores look addresses up once per hop, so the hash is computed once.
    private readonly int hash;

    /// <summary>Names a node.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="version">The workflow's version, from 1.</param>
    /// <param name="node">The node's name, unique within the workflow.</param>
    public NodeAddress(string workflow, int version, string node)
    {
        Workflow = workflow;
        Version = version;
        Node = node;
        hash = HashCode.Combine(workflow, version, node);
    }

    /// <summary>The workflow's name.</summary>
    public string Workflow { get; }

    /// <summary>The workflow's version, from 1.</summary>
    public int Version { get; }

    /// <summary>The node's name, unique within the workflow.</summary>
    public string Node { get; }

    /// <inheritdoc/>
    public bool Equals(NodeAddress? other) =>
        ReferenceEquals(this, other)
        || (other is not null && hash == other.hash && Version == other.Version
            && Node == other.Node && Workflow == other.Workflow);

    /// <summary>Whether both name the same node.</summary>
    /// <param name="left">One, or null.</param>
    /// <param name="right">The other, or null.</param>
    public static bool operator ==(NodeAddress? left, NodeAddress? right) =>
        left is null ? right is null : left.Equals(right);

    /// <summary>Whether they name different nodes.</summary>
    /// <param name="left">One, or null.</param>
    /// <param name="right">The other, or null.</param>
    public static bool operator !=(NodeAddress? left, NodeAddress? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <summary><c>workflow:version/node</c>, for example <c>orders:1/authorise</c>.</summary>
    public override string ToString() => $"{Workflow}:{Version}/{Node}";
}
