using Bookstore.Storage;

namespace Bookstore.Audit;

/// <summary>
/// What all books say about one order. The auditor reads across the domains, in one snapshot, and writes nothing.
/// </summary>
public sealed record OrderBooks
{
    public required string Order { get; init; }

    public required Money Authorised { get; init; }

    public required Money Captured { get; init; }

    public required Money Voided { get; init; }

    public required Money Refunded { get; init; }

    /// <summary>Refunds of books that came back which are still to be paid.</summary>
    public required Money Owed { get; init; }

    public required Money ReservedValue { get; init; }

    public required Money ShippedValue { get; init; }

    public required Money ReturnedValue { get; init; }

    public required long ReservedUnits { get; init; }

    public required long ShippedUnits { get; init; }

    /// <summary>How many centres shipped something.</summary>
    public required long Parcels { get; init; }

    /// <summary>How many articles it waits for.</summary>
    public required long Awaited { get; init; }

    public static async Task<IReadOnlyDictionary<string, OrderBooks>> ReadAllAsync(
        Database database, CancellationToken cancel)
    {
        List<OrderBooks> all = await database.ReadAsync(
            """
            SELECT order_number, CAST(SUM(authorised) AS bigint), CAST(SUM(captured) AS bigint),
                CAST(SUM(voided) AS bigint), CAST(SUM(refunded) AS bigint), CAST(SUM(owed) AS bigint),
                CAST(SUM(CASE WHEN is_shipped = 0 THEN quantity * price ELSE 0 END) AS bigint),
                CAST(SUM(CASE WHEN is_shipped = 1 THEN quantity * price ELSE 0 END) AS bigint),
                CAST(SUM(returned * price) AS bigint),
                CAST(SUM(CASE WHEN is_shipped = 0 THEN quantity ELSE 0 END) AS bigint),
                CAST(SUM(CASE WHEN is_shipped = 1 THEN quantity ELSE 0 END) AS bigint),
                COUNT(DISTINCT CASE WHEN is_shipped = 1 THEN centre END),
                CAST(SUM(awaited) AS bigint)
            FROM (
                SELECT order_number, authorised, captured, voided, refunded, 0 AS owed,
                    NULL AS is_shipped, 0 AS quantity,
                    0 AS price, 0 AS returned, NULL AS centre, 0 AS awaited
                FROM shop_account
                UNION ALL
                SELECT order_number, 0, 0, 0, 0, 0, is_shipped, quantity, price, returned, centre, 0
                FROM shop_allocation
                UNION ALL
                SELECT order_number, 0, 0, 0, 0, amount, NULL, 0, 0, 0, NULL, 0 FROM shop_return WHERE is_refunded = 0
                UNION ALL
                SELECT order_number, 0, 0, 0, 0, 0, NULL, 0, 0, 0, NULL, 1 FROM shop_back_order) AS books
            GROUP BY order_number
            """,
            row => new OrderBooks
            {
                Order = row.GetString(0),
                Authorised = new Money(row.GetInt64(1)),
                Captured = new Money(row.GetInt64(2)),
                Voided = new Money(row.GetInt64(3)),
                Refunded = new Money(row.GetInt64(4)),
                Owed = new Money(row.GetInt64(5)),
                ReservedValue = new Money(row.GetInt64(6)),
                ShippedValue = new Money(row.GetInt64(7)),
                ReturnedValue = new Money(row.GetInt64(8)),
                ReservedUnits = row.GetInt64(9),
                ShippedUnits = row.GetInt64(10),
                Parcels = row.GetInt64(11),
                Awaited = row.GetInt64(12),
            },
            cancel);
        return all.ToDictionary(books => books.Order);
    }

    /// <summary>What must hold at any moment, and, once the order has ended, what must hold then.</summary>
    public IEnumerable<string> Faults(bool hasEnded)
    {
        Money kept = Captured - Refunded;
        Money sent = ShippedValue - ReturnedValue;
        if (Captured.Pence + Voided.Pence > Authorised.Pence)
            yield return $"{Captured} captured and {Voided} voided of {Authorised} authorised";
        if (Refunded.Pence > Captured.Pence)
            yield return $"{Refunded} refunded of {Captured} captured";
        if (!hasEnded && (kept.Pence < sent.Pence || kept.Pence > (sent + ReservedValue).Pence))
            yield return $"{kept} kept of what was captured, with {sent} shipped and {ReservedValue} reserved";
        if (!hasEnded)
            yield break;
        // A return takes the books in first and pays back then.
        if (kept.Pence < sent.Pence || kept.Pence > (sent + Owed).Pence)
            yield return $"{kept} kept of what was captured, with {sent} shipped and {Owed} to be refunded";
        if (Captured + Voided != Authorised)
            yield return $"{Authorised} authorised, but {Captured} captured and {Voided} voided at the end";
        if (ReservedUnits > 0)
            yield return $"{ReservedUnits} units still reserved";
        if (Awaited > 0)
            yield return $"still waits for {Awaited} article(s)";
    }
}
