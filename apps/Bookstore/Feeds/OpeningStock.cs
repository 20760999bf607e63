using Bookstore.Centre;
using Bookstore.Outside;

namespace Bookstore.Feeds;

/// <summary>What one centre has of one article at the beginning.</summary>
public sealed record OpeningStock(string Sku, string Centre, long Quantity)
{
    /// <summary>
    /// More or less what will be asked for: of some articles too much, of others too little, and not everywhere, so
    /// that orders are sent from several centres and some wait for a delivery.
    /// </summary>
    public static IEnumerable<OpeningStock> For(string sku, double demand, Chance chance)
    {
        Random random = chance.For("stock", sku);
        long left = (long)Math.Ceiling(demand * (0.8 + (0.6 * random.NextDouble()))) + random.Next(3);
        foreach (string centre in Centres.All.OrderBy(_ => random.Next()).ToList())
        {
            long here = centre == Centres.All[^1] ? left : (long)Math.Ceiling(left * 0.6);
            left -= here;
            if (here > 0)
                yield return new OpeningStock(sku, centre, here);
        }
    }
}
