using Waybill.Serialization;

namespace Waybill.Definition;

/// <summary>What the code of nodes is built with when a worker starts.</summary>
internal sealed class NodeServices(IServiceProvider provider, CodecSet codecs)
{
    public IServiceProvider Provider { get; } = provider;

    public JsonCodec<T> Codec<T>() => codecs.For<T>();
}
