using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>
/// The inventory's domain: for each article and centre, on hand + reserved + shipped = received, always. The only one
/// that touches <c>shop_stock</c> and <c>shop_allocation</c>. What changes stock is handed out as writes, which the
/// caller attaches to a route: they happen once, with the hop, or not at all.
/// </summary>
public sealed class Inventory(Database database)
{
    public Task<List<StockLevel>> LevelsAsync(IReadOnlyCollection<string> skus, CancellationToken cancel)
    {
        (string list, (string, object)[] parameters) = SkuList.Of(skus);
        return database.ReadAsync(
            $"SELECT sku, centre, on_hand FROM shop_stock WHERE sku IN ({list}) AND on_hand > 0",
            row => new StockLevel(row.GetString(0), row.GetString(1), row.GetInt64(2)),
            cancel,
            parameters);
    }

    /// <summary>What was sent for an order and has not come back: centre and pieces of each line.</summary>
    public Task<List<SentLine>> SentAsync(string order, CancellationToken cancel) => database.ReadAsync(
        """
        SELECT centre, line, sku, quantity - returned, price FROM shop_allocation
        WHERE order_number = @order AND is_shipped = 1 AND quantity > returned
        ORDER BY line, centre
        """,
        row => new SentLine(
            row.GetString(0),
            new PickLine(row.GetInt32(1), row.GetString(2), row.GetInt64(3), new Money(row.GetInt64(4)))),
        cancel,
        ("order", order));

    /// <summary>
    /// Sets books aside for an order. Refused when another order took them since they were looked at.
    /// </summary>
    public static IEnumerable<SqlWrite> Reserve(string order, string centre, IReadOnlyList<PickLine> lines) =>
        lines.SelectMany(line => new[]
        {
            new SqlWrite(
                """
                UPDATE shop_stock SET on_hand = on_hand - @quantity, reserved = reserved + @quantity
                WHERE sku = @sku AND centre = @centre AND on_hand >= @quantity
                """,
                ("quantity", line.Quantity),
                ("sku", line.Sku),
                ("centre", centre))
            {
                ExpectRows = 1,
                Locks = [StockName(line.Sku, centre)],
            },
            new SqlWrite(
                """
                INSERT INTO shop_allocation (order_number, centre, line, sku, quantity, price, is_shipped, returned)
                VALUES (@order, @centre, @line, @sku, @quantity, @price, 0, 0)
                """,
                ("order", order),
                ("centre", centre),
                ("line", line.Line),
                ("sku", line.Sku),
                ("quantity", line.Quantity),
                ("price", line.Price.Pence)),
        });

    /// <summary>The parcel has left the centre: what was reserved for it is shipped.</summary>
    public static IEnumerable<SqlWrite> Ship(string order, string centre, IReadOnlyList<PickLine> lines) =>
    [
        MoveReserved("shipped", order, centre, lines),
        new SqlWrite(
            """
            UPDATE shop_allocation SET is_shipped = 1
            WHERE order_number = @order AND centre = @centre AND is_shipped = 0
            """,
            ("order", order),
            ("centre", centre))
        {
            ExpectRows = lines.Count,
        },
    ];

    /// <summary>The books go back to their shelves.</summary>
    public static IEnumerable<SqlWrite> Release(string order, string centre, IReadOnlyList<PickLine> lines) =>
    [
        MoveReserved("on_hand", order, centre, lines),
        new SqlWrite(
            "DELETE FROM shop_allocation WHERE order_number = @order AND centre = @centre AND is_shipped = 0",
            ("order", order),
            ("centre", centre))
        {
            ExpectRows = lines.Count,
        },
    ];

    /// <summary>A customer sent books back: they are on hand again, and no longer count as shipped.</summary>
    public static IEnumerable<SqlWrite> TakeBack(string order, IReadOnlyList<SentLine> lines) =>
        lines.SelectMany(sent => new[]
        {
            new SqlWrite(
                """
                UPDATE shop_allocation SET returned = returned + @quantity
                WHERE order_number = @order AND centre = @centre AND line = @line
                    AND is_shipped = 1 AND quantity - returned >= @quantity
                """,
                ("quantity", sent.Pick.Quantity),
                ("order", order),
                ("centre", sent.Centre),
                ("line", sent.Pick.Line))
            {
                ExpectRows = 1,
                Locks = [$"order/{order}", StockName(sent.Pick.Sku, sent.Centre)],
            },
            new SqlWrite(
                """
                UPDATE shop_stock SET shipped = shipped - @quantity, on_hand = on_hand + @quantity
                WHERE sku = @sku AND centre = @centre
                """,
                ("quantity", sent.Pick.Quantity),
                ("sku", sent.Pick.Sku),
                ("centre", sent.Centre))
            {
                ExpectRows = 1,
            },
        });

    /// <summary>What a centre has at the very beginning. A shelf that is known stays as it is.</summary>
    public static SqlWrite Open(string sku, string centre, long quantity) => new(
        """
        INSERT INTO shop_stock (sku, centre, on_hand, reserved, shipped, received)
        VALUES (@sku, @centre, @quantity, 0, 0, @quantity)
        ON CONFLICT (sku, centre) DO NOTHING
        """,
        ("sku", sku),
        ("centre", centre),
        ("quantity", quantity));

    /// <summary>Books came in and stand on their shelf.</summary>
    public static SqlWrite Receive(string sku, string centre, long quantity) => new(
        """
        INSERT INTO shop_stock (sku, centre, on_hand, reserved, shipped, received)
        VALUES (@sku, @centre, @quantity, 0, 0, @quantity)
        ON CONFLICT (sku, centre) DO UPDATE
        SET on_hand = shop_stock.on_hand + @quantity, received = shop_stock.received + @quantity
        """,
        ("sku", sku),
        ("centre", centre),
        ("quantity", quantity))
    {
        ExpectRows = 1,
        Locks = [StockName(sku, centre)],
    };

    // One statement for the whole shipment. Two lines of it can be of one article, hence the sum.
    private static SqlWrite MoveReserved(string to, string order, string centre, IReadOnlyList<PickLine> lines) => new(
        $"""
        UPDATE shop_stock SET reserved = shop_stock.reserved - moved.quantity, {to} = shop_stock.{to} + moved.quantity
        FROM (
            SELECT sku, SUM(quantity) AS quantity FROM shop_allocation
            WHERE order_number = @order AND centre = @centre AND is_shipped = 0
            GROUP BY sku) AS moved
        WHERE shop_stock.sku = moved.sku AND shop_stock.centre = @centre
        """,
        ("order", order),
        ("centre", centre))
    {
        ExpectRows = lines.Select(line => line.Sku).Distinct().Count(),
        Locks = [.. lines.Select(line => StockName(line.Sku, centre)).Distinct()],
    };

    private static string StockName(string sku, string centre) => $"stock/{sku}/{centre}";
}

/// <summary>A line that a centre sent.</summary>
public sealed record SentLine(string Centre, PickLine Pick);
