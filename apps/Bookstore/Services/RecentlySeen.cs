namespace Bookstore.Services;

/// <summary>What customers looked at last, of those who looked at anything lately. Thread-safe, bounded.</summary>
public sealed class RecentlySeen
{
    private const int CustomersMax = 10_000;
    private const int ArticlesMax = 20;
    private const int NameMax = 200;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Customer, List<string> Skus)>> byCustomer =
        new(StringComparer.Ordinal);

    // Whoever looked at something last stands first; the last one is forgotten first.
    private readonly LinkedList<(string Customer, List<string> Skus)> customers = [];

    /// <summary>Notes that a customer looked at an article. Names too long to be any are passed over.</summary>
    public void Note(string customer, string sku)
    {
        if (customer.Length > NameMax || sku.Length > NameMax)
            return;
        lock (gate)
        {
            if (byCustomer.TryGetValue(customer, out LinkedListNode<(string Customer, List<string> Skus)>? known))
                customers.Remove(known);
            else
                known = byCustomer[customer] = new((customer, []));
            customers.AddFirst(known);
            List<string> skus = known.Value.Skus;
            skus.Remove(sku);
            skus.Insert(0, sku);
            if (skus.Count > ArticlesMax)
                skus.RemoveAt(ArticlesMax);
            if (customers.Count > CustomersMax)
            {
                byCustomer.Remove(customers.Last!.Value.Customer);
                customers.RemoveLast();
            }
        }
    }

    /// <summary>The last ones first.</summary>
    public IReadOnlyList<string> Of(string customer, int max)
    {
        lock (gate)
            return byCustomer.TryGetValue(customer, out LinkedListNode<(string Customer, List<string> Skus)>? known)
                ? [.. known.Value.Skus.Take(max)]
                : [];
    }
}
