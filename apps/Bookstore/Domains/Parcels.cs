using System.Data.Common;
using Bookstore.Centre;
using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>A parcel that was given to the carrier.</summary>
/// <param name="Element">The shipment's element.</param>
/// <param name="Order">The order.</param>
/// <param name="Centre">Which centre sent it.</param>
/// <param name="Tracking">The carrier's number.</param>
/// <param name="Address">The address on its label.</param>
/// <param name="WrittenAtHop">The order's hop number when the shipment was handed to the centre.</param>
/// <param name="WrittenAddress">The address that the shipment was handed over with.</param>
/// <param name="RegisteredAddress">The address at which the customer is registered.</param>
public sealed record Parcel(
    ElementId Element, string Order, string Centre, string Tracking, string Address, int WrittenAtHop,
    string WrittenAddress, string RegisteredAddress);

/// <summary>What left the centres. The only one that touches <c>shop_parcel</c>.</summary>
public sealed class Parcels(Database database)
{
    private const string Select =
        """
        SELECT element, order_number, centre, tracking, parcel.address, written_at_hop, written_address,
            customer.address
        FROM shop_parcel AS parcel JOIN shop_customer AS customer ON customer.id = parcel.customer
        """;

    public static SqlWrite Sent(ElementId element, Shipment shipment, string tracking) => new(
        """
        INSERT INTO shop_parcel
            (element, order_number, customer, centre, tracking, address, written_at_hop, written_address)
        VALUES (@element, @order, @customer, @centre, @tracking, @address, @hop, @written)
        """,
        ("element", element.ToString()),
        ("order", shipment.Order),
        ("customer", shipment.Customer.Id),
        ("centre", shipment.Centre),
        ("tracking", tracking),
        ("address", shipment.Customer.Address),
        ("hop", shipment.WrittenAtHop),
        ("written", shipment.WrittenAddress));

    public Task<List<Parcel>> AllAsync(CancellationToken cancel) =>
        database.ReadAsync($"{Select} ORDER BY order_number, centre", ToParcel, cancel);

    /// <summary>Those of one order.</summary>
    public Task<List<Parcel>> OfAsync(string order, CancellationToken cancel) => database.ReadAsync(
        $"{Select} WHERE order_number = @order ORDER BY centre", ToParcel, cancel, ("order", order));

    private static Parcel ToParcel(DbDataReader row) => new(
        ElementId.Parse(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetInt32(5), row.GetString(6), row.GetString(7));
}
