using Waybill.Engine;
using Waybill.Serialization;

namespace Waybill.Definition;

/// <summary>
/// The code of an aggregation queue, for elements that are claimed there: after a delay, or because no row could be
/// made of their data when they came. All that it does is to hold them.
/// </summary>
internal sealed class HoldCode<TData>(JsonCodec<TData> codec) : NodeCode
{
    public override JsonCodec DataCodec => codec;

    public override ValueTask<Route> RunAsync(InFlight element, CancellationToken cancel) =>
        ValueTask.FromResult<Route>(new HoldRoute(codec.Read(element.Data.Span, out _)!));
}
