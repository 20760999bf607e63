namespace Bookstore.Feeds;

/// <summary>
/// How a file's total is made up: what is ordered, less what is returned, and the rows that were left out.
/// </summary>
public sealed record Reconciliation(
    int Orders, Money Ordered, long UnitsOrdered, int Returns, Money Returned, Money LeftOut, Money FileTotal)
{
    public bool IsBalanced => Ordered - Returned + LeftOut == FileTotal;

    public static Reconciliation Of(RetailFile file, IReadOnlyList<FeedItem> items, IReadOnlySet<int> unmatchedLines)
    {
        OrderPlaced[] orders = [.. items.OfType<OrderPlaced>()];
        GoodsReturned[] returns = [.. items.OfType<GoodsReturned>()];
        return new Reconciliation(
            orders.Length,
            Money.Sum(orders.Select(placed => placed.Order.Total)),
            orders.Sum(placed => placed.Order.Lines.Sum(line => line.Quantity)),
            returns.Length,
            Money.Sum(returns.SelectMany(back => back.Return.Lines).Select(line => line.Price * line.Quantity)),
            file.RefusedTotal
                + Money.Sum(file.Rows.Where(row => unmatchedLines.Contains(row.Line)).Select(row => row.Amount)),
            file.Total);
    }
}
