namespace Bookstore.Feeds;

/// <summary>What was sold in a file so far and not taken back: finds the sale that a cancellation refers to.</summary>
public sealed class SalesLedger
{
    private readonly Dictionary<(string? Customer, string Sku, Money Price), List<Sale>> sales = [];
    private readonly Dictionary<string, long> unitsLeft = [];

    public void Sold(RetailRow row)
    {
        if (!sales.TryGetValue(KeyOf(row), out List<Sale>? known))
            sales[KeyOf(row)] = known = [];
        known.Add(new Sale(row.Invoice, row.Quantity));
        unitsLeft[row.Invoice] = unitsLeft.GetValueOrDefault(row.Invoice) + row.Quantity;
    }

    /// <summary>
    /// The customer's last order of that article at that price from which so many pieces can be taken back; null when
    /// there is none, or nobody knows who the customer was.
    /// </summary>
    public string? TakeBack(RetailRow cancellation)
    {
        if (cancellation.Customer is null || !sales.TryGetValue(KeyOf(cancellation), out List<Sale>? known))
            return null;
        int found = known.FindLastIndex(sale => sale.Left >= -cancellation.Quantity);
        if (found < 0)
            return null;
        known[found] = known[found] with { Left = known[found].Left + cancellation.Quantity };
        unitsLeft[known[found].Invoice] += cancellation.Quantity;
        return known[found].Invoice;
    }

    public bool IsTakenBackWhole(string invoice) => unitsLeft[invoice] == 0;

    private static (string?, string, Money) KeyOf(RetailRow row) => (row.Customer, row.Sku, row.Price);

    private sealed record Sale(string Invoice, long Left);
}
