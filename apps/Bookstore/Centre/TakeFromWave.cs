using Waybill;

namespace Bookstore.Centre;

/// <summary>Takes a shipment's books out of the wave; one whose wave came to nothing goes into the next.</summary>
public sealed class TakeFromWave : INode<Shipment, WaveReport>
{
    public ValueTask<Route> RunAsync(
        Element<Shipment> element, Replies<WaveReport> replies, CancellationToken cancel) =>
        ValueTask.FromResult(replies is [{ Ending: Ending.Finished }]
            ? Route.To(element.Data.Units > 1 ? Fulfilment.Rebin : Fulfilment.Pack, element.Data)
            : Route.To(Fulfilment.Picklist, element.Data));
}
