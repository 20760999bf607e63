using System.Text.Json;
using Bookstore.Ordering;
using Bookstore.Recommending;
using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>What was ordered together. The only one that touches <c>shop_basket</c>.</summary>
public sealed class Purchases(Database database)
{
    /// <summary>All baskets, in no particular order.</summary>
    public Task<List<Basket>> AllAsync(CancellationToken cancel) => database.ReadAsync(
        "SELECT customer, skus FROM shop_basket",
        row => new Basket(
            row.IsDBNull(0) ? null : row.GetString(0),
            JsonSerializer.Deserialize<string[]>(row.GetString(1))!),
        cancel);

    /// <summary>How many orders there were.</summary>
    public async Task<long> CountAsync(CancellationToken cancel) =>
        (await database.ReadAsync("SELECT count(*) FROM shop_basket", row => row.GetInt64(0), cancel)).Single();

    /// <summary>Keeps what an order had in it; nothing of a guest ties one basket to another.</summary>
    public static SqlWrite Record(Order order) => new(
        """
        INSERT INTO shop_basket (order_number, customer, skus) VALUES (@order, @customer, @skus)
        ON CONFLICT (order_number) DO NOTHING
        """,
        ("order", order.Number),
        ("customer", order.CustomerId == Customer.Guest.Id ? null : order.CustomerId),
        ("skus", JsonSerializer.Serialize(order.Lines.Select(line => line.Sku).Distinct())));
}
