using Bookstore.Outside;
using Waybill.Stores;

namespace Bookstore.Feeds;

/// <summary>
/// Customers who move, or name another card, some entries after they ordered; the same for the same seed.
/// </summary>
internal sealed class ChangeTrickle(Chance chance)
{
    private const double HasMoved = 0.04;
    private const double HasOtherCard = 0.02;

    // In entries. At 200 orders a second the longest are some seconds: some changes come in time, some do not.
    private static readonly int[] Delays = [1, 20, 200, 500, 900];

    /// <summary>What is asked for at an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="orderAt">The order, and its customer, of an entry; null for one that is no order.</param>
    public IEnumerable<FeedItem> At(long entry, Func<long, (string Order, string Customer)?> orderAt)
    {
        foreach (int delay in Delays.Where(delay => delay <= entry))
        {
            long changed = entry - delay;
            bool hasMoved = IsChangedAfter(delay, "address", HasMoved, changed);
            bool hasOtherCard = IsChangedAfter(delay, "card", HasOtherCard, changed);
            if (!(hasMoved || hasOtherCard) || orderAt(changed) is not { } placed)
                continue;
            if (hasMoved)
                yield return new AddressChanged(placed.Order, RequestOf("address", changed), NewAddress(changed));
            if (hasOtherCard)
            {
                CardChange card = new($"card-{placed.Customer}-new");
                yield return new CardChanged(placed.Order, RequestOf("card", changed), card);
            }
        }
    }

    private bool IsChangedAfter(int delay, string what, double probability, long entry) =>
        chance.Happens(probability, what, "changed", entry)
        && delay == Delays[(int)(chance.Of(what, "changed after", entry) * Delays.Length)];

    private AddressChange NewAddress(long entry) =>
        new(SeededCatalog.StreetAddress(chance.For("new address", entry)));

    private ChangeId RequestOf(string what, long entry)
    {
        byte[] id = new byte[16];
        chance.For(what, "request", entry).NextBytes(id);
        return new ChangeId(new Guid(id));
    }
}
