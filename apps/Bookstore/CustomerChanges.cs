using Bookstore.Centre;
using Bookstore.Ordering;
using Waybill;

namespace Bookstore;

/// <summary>A customer has moved, or had mistyped.</summary>
/// <param name="Address">Street and town.</param>
public sealed record AddressChange(string Address);

/// <summary>A customer names another card.</summary>
/// <param name="Card">The card, as the processor knows it.</param>
public sealed record CardChange(string Card);

/// <summary>What customers can change about an order after it was placed, and how that is done.</summary>
public static class CustomerChanges
{
    private const int TextMax = 200;

    public static readonly Change<AddressChange> Address = new("address");
    public static readonly Change<CardChange> Card = new("card");

    /// <summary>
    /// The order decides: while it holds its parcels itself, or all of them are still in the centres, it follows the
    /// customer; once one has left, the parcels stay together.
    /// </summary>
    internal static ChangeDecision<Order> Decide(Order order, AddressChange change, IReadOnlyList<CalledPart> parts)
    {
        int inCentres = parts.Count(part => part.Node.Workflow == Fulfilment.Workflow.Name);
        if (FaultOf("address", change.Address) is { } fault)
            return ChangeDecision.Rejects(fault);
        if (order.Outcomes.Count > 0)
            return ChangeDecision.ComesTooLate("its parcels have left, or were called off");
        if (inCentres == 0)
            return ChangeDecision.Applies(order.MovedTo(change.Address));
        int left = order.Shipments.Count - inCentres;
        return left == 0
            ? ChangeDecision.AppliesAndForwards(order.MovedTo(change.Address))
            : ChangeDecision.Rejects($"{left} of {order.Shipments.Count} parcels have left");
    }

    internal static Changed<Shipment> Apply(Shipment shipment, AddressChange change) =>
        Changed.To(shipment with { Customer = shipment.Customer with { Address = change.Address } });

    internal static Changed<Shipment> Apply(Shipment shipment, CardChange change) =>
        FaultOf("card", change.Card) is { } fault
            ? Changed.Rejected(fault)
            : Changed.To(shipment with { Customer = shipment.Customer with { Card = change.Card } });

    internal static Changed<Order> Apply(Order order, CardChange change) =>
        FaultOf("card", change.Card) is { } fault ? Changed.Rejected(fault) : Changed.To(order.PaidWith(change.Card));

    // What has no text, or more than a label has room for, reaches nobody.
    private static string? FaultOf(string what, string text) =>
        string.IsNullOrWhiteSpace(text) ? $"the {what} is empty"
        : text.Length > TextMax ? $"the {what} has {text.Length} characters; {TextMax} is the most"
        : null;
}
