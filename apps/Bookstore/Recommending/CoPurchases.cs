namespace Bookstore.Recommending;

/// <summary>
/// Which articles were bought together, counted from the orders themselves: item-to-item collaborative filtering
/// (Linden, Smith and York, IEEE Internet Computing 7(1), 2003). A pair counts for less the more was in the basket, so
/// that one wholesaler does not tie everything to everything, and pairs with little support are held back.
/// </summary>
public sealed class CoPurchases
{
    /// <summary>Of a longer basket only so many count, the first ones.</summary>
    private const int BasketMax = 100;

    /// <summary>What two orders of one customer say of a pair, compared with one order that has both.</summary>
    private const float CustomerWeight = 0.3f;

    /// <summary>A pair seen so often has half of its full weight.</summary>
    private const float Shrinkage = 1.5f;

    private readonly Dictionary<int, Pair>[] pairs;
    private readonly float[] weights;

    private CoPurchases(int articles)
    {
        pairs = new Dictionary<int, Pair>[articles];
        weights = new float[articles];
        Orders = new int[articles];
    }

    /// <summary>How many orders had each article.</summary>
    public int[] Orders { get; }

    public static CoPurchases Of(IReadOnlyDictionary<string, int> numbers, IEnumerable<Basket> baskets)
    {
        CoPurchases all = new(numbers.Count);
        Dictionary<string, HashSet<int>> byCustomer = [];
        foreach (Basket basket in baskets)
        {
            int[] items = [.. basket.Skus.Where(numbers.ContainsKey).Select(sku => numbers[sku]).Distinct()];
            foreach (int item in items)
                all.Orders[item]++;
            all.Count(items, 1, support: 1);
            if (basket.Customer is not { } customer)
                continue;
            if (!byCustomer.TryGetValue(customer, out HashSet<int>? had))
                byCustomer[customer] = had = [];
            had.UnionWith(items);
        }

        foreach (HashSet<int> items in byCustomer.Values)
            all.Count([.. items.Order()], CustomerWeight, support: 0);
        return all;
    }

    /// <summary>What was bought together with an article, and how much that says: 0 to about 1.</summary>
    public IEnumerable<(int Item, float Score, int Support)> With(int item) =>
        (pairs[item] ?? []).Select(pair => (
            pair.Key,
            pair.Value.Weight / MathF.Sqrt(weights[item] * weights[pair.Key])
                * (pair.Value.Weight / (pair.Value.Weight + Shrinkage)),
            pair.Value.Support));

    private void Count(int[] items, float factor, int support)
    {
        ReadOnlySpan<int> counted = items.AsSpan(0, Math.Min(items.Length, BasketMax));
        float weight = factor / MathF.Log2(1 + counted.Length);
        for (int i = 0; i < counted.Length; i++)
        {
            weights[counted[i]] += weight;
            for (int j = i + 1; j < counted.Length; j++)
            {
                Add(counted[i], counted[j], weight, support);
                Add(counted[j], counted[i], weight, support);
            }
        }
    }

    private void Add(int item, int other, float weight, int support)
    {
        Dictionary<int, Pair> known = pairs[item] ??= [];
        Pair pair = known.GetValueOrDefault(other);
        known[other] = new Pair(pair.Weight + weight, pair.Support + support);
    }

    private readonly record struct Pair(float Weight, int Support);
}
