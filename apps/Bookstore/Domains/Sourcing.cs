using Bookstore.Ordering;

namespace Bookstore.Domains;

/// <summary>Part of an order line that one centre sends.</summary>
/// <param name="Line">Which line of the order, from 0.</param>
/// <param name="Sku">The article.</param>
/// <param name="Quantity">How many pieces.</param>
/// <param name="Price">For one piece.</param>
public sealed record PickLine(int Line, string Sku, long Quantity, Money Price)
{
    public Money Value => Price * Quantity;
}

/// <summary>What one centre has of one article.</summary>
public sealed record StockLevel(string Sku, string Centre, long OnHand);

/// <summary>An article of which an order needs more than all centres have.</summary>
public sealed record Shortage(string Sku, long Missing, long Needed);

/// <summary>Which centre sends what; or, when that cannot be done in full, what is missing.</summary>
public sealed record SourcingPlan(
    IReadOnlyDictionary<string, IReadOnlyList<PickLine>> ByCentre, IReadOnlyList<Shortage> Shortages)
{
    public bool IsComplete => Shortages.Count == 0;

    /// <summary>An order is sent as a whole, from as few centres as a greedy choice finds.</summary>
    public static SourcingPlan For(IReadOnlyList<OrderLine> lines, IEnumerable<StockLevel> levels)
    {
        Dictionary<(string Sku, string Centre), long> left =
            levels.ToDictionary(level => (level.Sku, level.Centre), level => level.OnHand);
        Shortage[] shortages = [.. lines.GroupBy(line => line.Sku)
            .Select(group => (Sku: group.Key, Needed: group.Sum(line => line.Quantity)))
            .Select(need => new Shortage(need.Sku, need.Needed - InAll(left, need.Sku), need.Needed))
            .Where(shortage => shortage.Missing > 0)];
        return new SourcingPlan(
            shortages.Length > 0 ? new Dictionary<string, IReadOnlyList<PickLine>>() : Spread(lines, left), shortages);
    }

    private static Dictionary<string, IReadOnlyList<PickLine>> Spread(
        IReadOnlyList<OrderLine> lines, Dictionary<(string Sku, string Centre), long> left)
    {
        long[] open = [.. lines.Select(line => line.Quantity)];
        List<string> centres = [.. left.Keys.Select(key => key.Centre).Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, IReadOnlyList<PickLine>> plan = [];
        while (open.Any(quantity => quantity > 0))
        {
            string best = centres.MaxBy(centre => WholeLines(lines, open, left, centre))!;
            centres.Remove(best);
            List<PickLine> picks = Take(lines, open, left, best);
            if (picks.Count > 0)
                plan[best] = picks;
        }

        return plan;
    }

    private static List<PickLine> Take(
        IReadOnlyList<OrderLine> lines, long[] open, Dictionary<(string Sku, string Centre), long> left, string centre)
    {
        List<PickLine> picks = [];
        for (int i = 0; i < lines.Count; i++)
        {
            (string Sku, string Centre) place = (lines[i].Sku, centre);
            long taken = Math.Min(open[i], left.GetValueOrDefault(place));
            if (taken <= 0)
                continue;
            open[i] -= taken;
            left[place] -= taken;
            picks.Add(new PickLine(i, lines[i].Sku, taken, lines[i].Price));
        }

        return picks;
    }

    private static int WholeLines(
        IReadOnlyList<OrderLine> lines, long[] open, Dictionary<(string Sku, string Centre), long> left,
    string centre) =>
        lines.Where((line, i) => open[i] > 0 && left.GetValueOrDefault((line.Sku, centre)) >= open[i]).Count();

    private static long InAll(Dictionary<(string Sku, string Centre), long> left, string sku) =>
        left.Where(entry => entry.Key.Sku == sku).Sum(entry => entry.Value);
}
