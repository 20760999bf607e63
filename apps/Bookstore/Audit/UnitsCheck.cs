using System.Globalization;
using Bookstore.Domains;
using Bookstore.Storage;

namespace Bookstore.Audit;

/// <summary>
/// On hand + reserved + shipped = received on every shelf, and the shelves agree with what orders hold.
/// </summary>
internal static class UnitsCheck
{
    public static async Task<Finding> RunAsync(Database database, CancellationToken cancel)
    {
        List<Fault> faults = await database.ReadAsync(
            """
            SELECT stock.sku, stock.centre, stock.on_hand, stock.reserved, stock.shipped, stock.received,
                CAST(COALESCE(held.reserved, 0) AS bigint), CAST(COALESCE(held.shipped, 0) AS bigint)
            FROM shop_stock AS stock LEFT JOIN (
                SELECT sku, centre, SUM(CASE WHEN is_shipped = 0 THEN quantity ELSE 0 END) AS reserved,
                    SUM(CASE WHEN is_shipped = 1 THEN quantity - returned ELSE 0 END) AS shipped
                FROM shop_allocation GROUP BY sku, centre) AS held
                ON held.sku = stock.sku AND held.centre = stock.centre
            WHERE stock.on_hand + stock.reserved + stock.shipped <> stock.received
                OR stock.on_hand < 0 OR stock.reserved < 0 OR stock.shipped < 0
                OR stock.reserved <> COALESCE(held.reserved, 0) OR stock.shipped <> COALESCE(held.shipped, 0)
            ORDER BY stock.sku, stock.centre
            """,
            row => new Fault(
                $"{row.GetString(0)} in {row.GetString(1)}",
                $"{row.GetInt64(2)} on hand, {row.GetInt64(3)} reserved, "
                + $"{row.GetInt64(4)} shipped, {row.GetInt64(5)} received; "
                + $"orders hold {row.GetInt64(6)} reserved, {row.GetInt64(7)} shipped"),
            cancel);
        List<Fault> shelfless = await database.ReadAsync(
            """
            SELECT DISTINCT held.order_number, held.sku, held.centre FROM shop_allocation AS held
            WHERE NOT EXISTS (
                SELECT 1 FROM shop_stock AS stock WHERE stock.sku = held.sku AND stock.centre = held.centre)
            """,
            row => new Fault($"order {row.GetString(0)}",
                $"holds {row.GetString(1)} in {row.GetString(2)}, which has no such shelf"),
            cancel);
        Takings takings = await Takings.ReadAsync(database, cancel);
        string seen = string.Create(
            CultureInfo.InvariantCulture,
            $"{takings.OnHand:N0} on hand + {takings.Reserved:N0} reserved "
            + $"+ {takings.Shipped:N0} shipped = {takings.Received:N0} received");
        return new Finding("units add up on every shelf", seen, [.. faults, .. shelfless]);
    }
}
