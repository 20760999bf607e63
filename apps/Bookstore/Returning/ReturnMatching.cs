using Bookstore.Domains;
using Bookstore.Ordering;

namespace Bookstore.Returning;

/// <summary>Finds what of a return was really sent: same article, same price, no more pieces than went out.</summary>
public static class ReturnMatching
{
    public static IEnumerable<SentLine> Accept(IReadOnlyList<OrderLine> lines, IReadOnlyList<SentLine> sent)
    {
        long[] left = [.. sent.Select(line => line.Pick.Quantity)];
        foreach (OrderLine line in lines)
        {
            long open = line.Quantity;
            for (int i = 0; i < sent.Count && open > 0; i++)
            {
                PickLine pick = sent[i].Pick;
                long taken = pick.Sku == line.Sku && pick.Price == line.Price ? Math.Min(open, left[i]) : 0;
                open -= taken;
                left[i] -= taken;
            }
        }

        return sent
            .Select((line, i) => line with { Pick = line.Pick with { Quantity = line.Pick.Quantity - left[i] } })
            .Where(line => line.Pick.Quantity > 0);
    }
}
