using Bookstore.Outside;
using Waybill;

namespace Bookstore.Centre;

/// <summary>One walk through the shelves picks the books of several shipments.</summary>
public sealed class PickBooks(Pace pace) : IBatchNode<Shipment>
{
    private static readonly TimeSpan WalkTakes = TimeSpan.FromMilliseconds(40);

    public async ValueTask<IReadOnlyList<Route>> RunAsync(
        IReadOnlyList<Element<Shipment>> elements, CancellationToken cancel)
    {
        await pace.TakeAsync(WalkTakes, cancel);
        return [.. elements.Select(element => Onward(element.Data))];
    }

    private static Route Onward(Shipment shipment) =>
        Route.To(shipment.Units > 1 ? Fulfilment.Rebin : Fulfilment.Pack, shipment);
}
