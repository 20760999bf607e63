namespace Waybill.Definition;

/// <summary>Takes elements of an old node to the node that has taken its place.</summary>
internal sealed record UpgradeDefinition(
    int FromVersion, Node OldNode, Node To, Func<object, object> Upgrade, Func<NodeServices, NodeCode> BuildCode)
{
    public static UpgradeDefinition Of<TOld, TNew>(int version, string oldNode, Node<TNew> to, Func<TOld, TNew> upgrade)
    {
        ArgumentNullException.ThrowIfNull(upgrade);
        return new UpgradeDefinition(
            version,
            new Node<TOld>(oldNode),
            to,
            old => upgrade((TOld)old)!,
            services => new SingleCode<TOld>(
                services.Codec<TOld>(),
                (element, _) => ValueTask.FromResult(Route.To(to, upgrade(element.Data)))));
    }

    /// <summary>
    /// The old node as this version hosts it. Elements that are retried there keep the key and rank that they will have
    /// at the new node, so that they keep their place in a line.
    /// </summary>
    /// <param name="target">The new node.</param>
    public NodeDefinition ToOldNode(NodeDefinition target) => new()
    {
        Node = OldNode,
        BuildCode = BuildCode,
        Exits = [To],
        Priority = target.Priority is { } priority ? old => priority(Upgrade(old)) : null,
        OrderKey = target.OrderKey is { } key ? old => key(Upgrade(old)) : null,
    };
}
