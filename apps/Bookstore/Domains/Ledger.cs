using Bookstore.Paying;
using Waybill;

namespace Bookstore.Domains;

/// <summary>
/// The payments' domain: what was authorised, captured, voided and refunded for each order. The only one that touches
/// <c>shop_account</c> and <c>shop_entry</c>. A reference is booked once; never more is captured than authorised,
/// or refunded than captured.
/// </summary>
public static class Ledger
{
    public static IReadOnlyList<SqlWrite> Book(Payment payment) => payment.Kind switch
    {
        PaymentKind.Authorise =>
        [
            Enter(payment),
            Update(
                payment,
                """
                INSERT INTO shop_account (order_number, authorised, captured, voided, refunded)
                VALUES (@order, @amount, 0, 0, 0)
                ON CONFLICT (order_number) DO UPDATE SET authorised = shop_account.authorised + @amount
                """),
        ],
        PaymentKind.Capture =>
        [
            Enter(payment),
            Update(
                payment,
                """
                UPDATE shop_account SET captured = captured + @amount
                WHERE order_number = @order AND authorised - voided - captured >= @amount
                """),
        ],
        PaymentKind.Refund =>
        [
            Enter(payment),
            Update(
                payment,
                """
                UPDATE shop_account SET refunded = refunded + @amount
                WHERE order_number = @order AND captured - refunded >= @amount
                """),
        ],
        PaymentKind.VoidRest =>
        [
            new SqlWrite(
                """
                INSERT INTO shop_entry (reference, order_number, kind, amount)
                SELECT @reference, order_number, @kind, authorised - captured - voided
                FROM shop_account WHERE order_number = @order
                """,
                ("reference", payment.Reference),
                ("kind", payment.Kind.ToString()),
                ("order", payment.Order))
            {
                ExpectRows = 1,
                Locks = [AccountName(payment)],
            },
            new SqlWrite(
                "UPDATE shop_account SET voided = authorised - captured WHERE order_number = @order",
                ("order", payment.Order))
            {
                ExpectRows = 1,
            },
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(payment), payment.Kind, "There is no such kind of payment."),
    };

    private static SqlWrite Enter(Payment payment) => new(
        "INSERT INTO shop_entry (reference, order_number, kind, amount) VALUES (@reference, @order, @kind, @amount)",
        ("reference", payment.Reference),
        ("order", payment.Order),
        ("kind", payment.Kind.ToString()),
        ("amount", payment.Amount.Pence));

    private static SqlWrite Update(Payment payment, string sql) =>
        new(sql, ("order", payment.Order), ("amount", payment.Amount.Pence))
        {
            ExpectRows = 1,
            Locks = [AccountName(payment)],
        };

    private static string AccountName(Payment payment) => $"account/{payment.Order}";
}
