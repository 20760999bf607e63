using Bookstore.Returning;
using Waybill;

namespace Bookstore.Domains;

/// <summary>
/// The ledger's other half: what is owed for books that came back. The only one that touches <c>shop_return</c>.
/// </summary>
public static class CreditNotes
{
    /// <summary>The books are back, the money is not yet.</summary>
    public static SqlWrite Open(GoodsReturn goods) => new(
        "INSERT INTO shop_return (number, order_number, amount, is_refunded) VALUES (@number, @order, @amount, 0)",
        ("number", goods.Number),
        ("order", goods.Order),
        ("amount", goods.Amount.Pence));

    public static SqlWrite Settle(GoodsReturn goods) => new(
        "UPDATE shop_return SET is_refunded = 1 WHERE number = @number AND is_refunded = 0", ("number", goods.Number))
    {
        ExpectRows = 1,
    };
}
