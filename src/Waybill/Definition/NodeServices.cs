using Waybill.Engine;
using Waybill.Serialization;

namespace Waybill.Definition;

/// <summary>What the code of a node is built with when a worker starts.</summary>
internal sealed class NodeServices(IServiceProvider provider, EngineContext context, PlacedNode node)
{
    public IServiceProvider Provider { get; } = provider;

    public PlacedNode Node { get; } = node;

    public SiteDefinition Site => context.Site;

    public RemoteNodes Remote => context.Remote;

    public JsonCodec<T> Codec<T>() => Site.Codecs.For<T>();
}
