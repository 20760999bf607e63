namespace Bookstore.Centre;

/// <summary>What every centre does alike: where books stand, and how soon parcels have to be with customers.</summary>
public static class Shelves
{
    private const string Zones = "ABCDEF";

    /// <summary>The zone in which an article stands.</summary>
    public static string ZoneOf(string sku) => $"{Zones[sku.Sum(letter => letter) % Zones.Length]}";

    /// <summary>How long after its order a parcel may arrive.</summary>
    public static TimeSpan PromiseOf(ShipMethod method) => method switch
    {
        ShipMethod.Express => TimeSpan.FromDays(1),
        ShipMethod.Standard => TimeSpan.FromDays(3),
        _ => TimeSpan.FromDays(8),
    };
}
