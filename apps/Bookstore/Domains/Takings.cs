using Bookstore.Storage;

namespace Bookstore.Domains;

/// <summary>All accounts and all shelves, summed up at one moment.</summary>
public sealed record Takings(
    Money Authorised, Money Captured, Money Voided, Money Refunded,
    long OnHand, long Reserved, long Shipped, long Received)
{
    public static async Task<Takings> ReadAsync(Database database, CancellationToken cancel) =>
        (await database.ReadAsync(
            """
            SELECT CAST(money.authorised AS bigint), CAST(money.captured AS bigint), CAST(money.voided AS bigint),
                CAST(money.refunded AS bigint), CAST(units.on_hand AS bigint), CAST(units.reserved AS bigint),
                CAST(units.shipped AS bigint), CAST(units.received AS bigint)
            FROM (
                SELECT COALESCE(SUM(authorised), 0) AS authorised, COALESCE(SUM(captured), 0) AS captured,
                    COALESCE(SUM(voided), 0) AS voided, COALESCE(SUM(refunded), 0) AS refunded
                FROM shop_account) AS money
            CROSS JOIN (
                SELECT COALESCE(SUM(on_hand), 0) AS on_hand, COALESCE(SUM(reserved), 0) AS reserved,
                    COALESCE(SUM(shipped), 0) AS shipped, COALESCE(SUM(received), 0) AS received
                FROM shop_stock) AS units
            """,
            row => new Takings(
                new Money(row.GetInt64(0)), new Money(row.GetInt64(1)), new Money(row.GetInt64(2)),
                new Money(row.GetInt64(3)), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)),
            cancel))
        .Single();
}
