using Bookstore.Storage;
using Waybill;

namespace Bookstore.Domains;

/// <summary>What readers gave an article.</summary>
/// <param name="Hundredths">Hundredths of stars on average: 100 to 500.</param>
/// <param name="Count">How many readers.</param>
public sealed record Rating(int Hundredths, long Count);

/// <summary>The ratings' domain. The only one that touches <c>shop_rating</c>.</summary>
public sealed class Ratings(Database database)
{
    /// <summary>Null when nobody has rated it.</summary>
    public async Task<Rating?> FindAsync(string sku, CancellationToken cancel) =>
        (await database.ReadAsync(
            "SELECT hundredths, ratings FROM shop_rating WHERE sku = @sku",
            row => new Rating(row.GetInt32(0), row.GetInt64(1)),
            cancel,
            ("sku", sku)))
        .SingleOrDefault();

    /// <summary>Takes ratings over; those that are known stay as they are.</summary>
    public static SqlWrite Register(string sku, Rating rating) => new(
        """
        INSERT INTO shop_rating (sku, hundredths, ratings) VALUES (@sku, @hundredths, @ratings)
        ON CONFLICT (sku) DO NOTHING
        """,
        ("sku", sku),
        ("hundredths", rating.Hundredths),
        ("ratings", rating.Count));
}
