using Bookstore.Domains;
using Bookstore.Storage;

namespace Bookstore.Audit;

/// <summary>Every account is the sum of its entries.</summary>
internal static class MoneyCheck
{
    public static async Task<Finding> RunAsync(Database database, CancellationToken cancel)
    {
        List<Fault> faults = await database.ReadAsync(
            """
            SELECT order_number FROM (
                SELECT order_number, authorised, captured, refunded, voided FROM shop_account
                UNION ALL
                SELECT order_number,
                    CASE WHEN kind = 'Authorise' THEN -amount ELSE 0 END,
                    CASE WHEN kind = 'Capture' THEN -amount ELSE 0 END,
                    CASE WHEN kind = 'Refund' THEN -amount ELSE 0 END,
                    CASE WHEN kind = 'VoidRest' THEN -amount ELSE 0 END
                FROM shop_entry) AS booked
            GROUP BY order_number
            HAVING SUM(authorised) <> 0 OR SUM(captured) <> 0 OR SUM(refunded) <> 0 OR SUM(voided) <> 0
            ORDER BY order_number
            """,
            row => new Fault($"order {row.GetString(0)}", "its account is not the sum of its payments"),
            cancel);
        Takings takings = await Takings.ReadAsync(database, cancel);
        return new Finding(
            "accounts add up",
            $"{takings.Authorised} authorised, {takings.Captured} captured, "
            + $"{takings.Refunded} refunded, {takings.Voided} voided",
            faults);
    }
}
