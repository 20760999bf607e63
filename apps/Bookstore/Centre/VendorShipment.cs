namespace Bookstore.Centre;

/// <summary>So many pieces of one article in a vendor's shipment.</summary>
public sealed record Carton(string Sku, long Quantity);

/// <summary>What a vendor delivers to one centre.</summary>
public sealed record VendorShipment(string Number, string Centre, IReadOnlyList<Carton> Cartons);

/// <summary>One article of a vendor's shipment, on its way to its shelf.</summary>
public sealed record ReceivedItem(string Delivery, string Centre, string Sku, long Quantity);

/// <summary>What came of a received item.</summary>
public sealed record StowedItem(string Sku, long Quantity);

/// <summary>What a vendor's shipment came to.</summary>
/// <param name="Units">How many pieces are on their shelves.</param>
/// <param name="OrdersFreed">How many waiting orders were told.</param>
public sealed record DeliveryReport(long Units, int OrdersFreed);
