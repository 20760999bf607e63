using Bookstore.Centre;
using Bookstore.Domains;
using Waybill;

namespace Bookstore.Ordering;

/// <summary>Hands one shipment to each centre and waits for all of them.</summary>
public sealed class DispatchOrder : INode<Order>
{
    public ValueTask<Route> RunAsync(Element<Order> element, CancellationToken cancel) =>
        ValueTask.FromResult(Route.Fork(
            element.Data.Shipments.Select(part => Fulfilment.Workflow.Call(
                Addressed(part, element), $"{part.Order}@{part.Centre.ToLowerInvariant()}")),
            Orders.Join,
            element.Data));

    // The order's customer may have moved since the shipments were planned.
    private static Shipment Addressed(Shipment part, Element<Order> element) => part with
    {
        Customer = element.Data.Customer!,
        WrittenAtHop = element.Hop,
        WrittenAddress = element.Data.Customer!.Address,
    };
}

/// <summary>Takes in what the centres made of their shipments.</summary>
public sealed class JoinShipments : INode<Order, ShipmentOutcome>
{
    public ValueTask<Route> RunAsync(Element<Order> element, Replies<ShipmentOutcome> replies, CancellationToken cancel)
    {
        Order order = element.Data with { Outcomes = [.. replies.Select(OutcomeOf)] };
        return ValueTask.FromResult(order.IsShippedInFull
            ? Route.To(Orders.Complete, order)
            : Route.To(Orders.Cancel, order with { Reason = WhyNot(order) }).With(ReleasesOf(element.Data, replies)));
    }

    private static ShipmentOutcome OutcomeOf(Reply<ShipmentOutcome> reply) => reply.Ending == Ending.Finished
        ? reply.Value
        : ShipmentOutcome.NotShipped(reply.Reason ?? reply.Ending.ToString());

    private static string? WhyNot(Order order) =>
        order.Outcomes.First(outcome => !outcome.IsShipped).Reason;

    // A shipment that did not finish - somebody dropped it - has put nothing back itself.
    private static IEnumerable<SqlWrite> ReleasesOf(Order order, Replies<ShipmentOutcome> replies) =>
        replies.Where(reply => reply.Ending != Ending.Finished)
            .Select(reply => order.Shipments[reply.Call])
            .SelectMany(part => Inventory.Release(part.Order, part.Centre, part.Lines));
}
