namespace Waybill.Definition;

/// <summary>Takes elements of an old node to the node that has taken its place.</summary>
internal sealed record UpgradeDefinition(int FromVersion, Node OldNode, Node To, Func<NodeServices, NodeCode> BuildCode)
{
    public static UpgradeDefinition Of<TOld, TNew>(int version, string oldNode, Node<TNew> to, Func<TOld, TNew> upgrade)
    {
        ArgumentNullException.ThrowIfNull(upgrade);
        return new UpgradeDefinition(version, new Node<TOld>(oldNode), to, services => new SingleCode<TOld>(
            services.Codec<TOld>(),
            (element, _) => ValueTask.FromResult(Route.To(to, upgrade(element.Data)))));
    }
}
