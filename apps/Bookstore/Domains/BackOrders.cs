using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>Articles that an order waits for.</summary>
/// <param name="Order">The order.</param>
/// <param name="Round">Which wait of that order this is, from 1.</param>
/// <param name="Missing">What has to come in.</param>
public sealed record BackOrder(string Order, int Round, IReadOnlyList<Shortage> Missing);

/// <summary>
/// The inventory domain's other half: who waits for which books. The only one that touches <c>shop_back_order</c>.
/// </summary>
public sealed class BackOrders(Database database)
{
    /// <summary>Orders whose books have not been ordered from a vendor yet.</summary>
    public async Task<IReadOnlyList<BackOrder>> NotOnOrderAsync(int max, CancellationToken cancel)
    {
        List<(string Order, int Round, Shortage Shortage)> rows = await database.ReadAsync(
            """
            SELECT order_number, round, sku, missing, needed FROM shop_back_order
            WHERE is_on_order = 0 AND order_number IN (
                SELECT DISTINCT order_number FROM shop_back_order WHERE is_on_order = 0
                ORDER BY order_number LIMIT @max)
            ORDER BY order_number, sku
            """,
            row => (
                row.GetString(0), row.GetInt32(1), new Shortage(row.GetString(2), row.GetInt64(3), row.GetInt64(4))),
            cancel,
            ("max", max));
        return
        [
            .. rows.GroupBy(row => (row.Order, row.Round)).Select(group =>
                new BackOrder(group.Key.Order, group.Key.Round, [.. group.Select(row => row.Shortage)])),
        ];
    }

    /// <summary>The orders that wait for one of these articles, and for none that is still short.</summary>
    public Task<List<string>> ThatCanGoOnAsync(IEnumerable<string> skus, int max, CancellationToken cancel)
    {
        (string list, (string, object)[] parameters) = SkuList.Of(skus);
        return database.ReadAsync(
            $"""
            SELECT DISTINCT waiting.order_number FROM shop_back_order AS waiting
            WHERE waiting.sku IN ({list}) AND NOT EXISTS (
                SELECT 1 FROM shop_back_order AS short
                WHERE short.order_number = waiting.order_number AND short.needed > (
                    SELECT COALESCE(SUM(stock.on_hand), 0) FROM shop_stock AS stock WHERE stock.sku = short.sku))
            ORDER BY waiting.order_number LIMIT @max
            """,
            row => row.GetString(0),
            cancel,
            [.. parameters, ("max", max)]);
    }

    public static IEnumerable<SqlWrite> Register(BackOrder backOrder) => backOrder.Missing.Select(shortage =>
        new SqlWrite(
        """
        INSERT INTO shop_back_order (order_number, sku, missing, needed, round, is_on_order)
        VALUES (@order, @sku, @missing, @needed, @round, 0)
        """,
        ("order", backOrder.Order),
        ("sku", shortage.Sku),
        ("missing", shortage.Missing),
        ("needed", shortage.Needed),
        ("round", backOrder.Round)));

    /// <summary>A vendor was asked for the books. An order that stopped waiting meanwhile is left alone.</summary>
    public static SqlWrite PutOnOrder(BackOrder backOrder) => new(
        "UPDATE shop_back_order SET is_on_order = 1 WHERE order_number = @order AND round = @round",
        ("order", backOrder.Order),
        ("round", backOrder.Round));

    public static SqlWrite Forget(string order) => new(
        "DELETE FROM shop_back_order WHERE order_number = @order", ("order", order));
}
