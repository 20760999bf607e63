namespace Bookstore.Services;

/// <summary>What visitors looked at last, of those who looked at anything lately. Thread-safe, bounded.</summary>
public sealed class RecentlySeen
{
    private const int VisitorsMax = 10_000;
    private const int ArticlesMax = 20;
    private const int NameMax = 200;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Visitor, List<string> Skus)>> byVisitor =
        new(StringComparer.Ordinal);

    // Whoever looked at something last stands first; the last one is forgotten first.
    private readonly LinkedList<(string Visitor, List<string> Skus)> visitors = [];

    /// <summary>Notes that a visitor looked at an article. Names too long to be any are passed over.</summary>
    public void Note(string visitor, string sku)
    {
        if (visitor.Length > NameMax || sku.Length > NameMax)
            return;
        lock (gate)
        {
            if (byVisitor.TryGetValue(visitor, out LinkedListNode<(string Visitor, List<string> Skus)>? known))
                visitors.Remove(known);
            else
                known = byVisitor[visitor] = new((visitor, []));
            visitors.AddFirst(known);
            List<string> skus = known.Value.Skus;
            skus.Remove(sku);
            skus.Insert(0, sku);
            if (skus.Count > ArticlesMax)
                skus.RemoveAt(ArticlesMax);
            if (visitors.Count > VisitorsMax)
            {
                byVisitor.Remove(visitors.Last!.Value.Visitor);
                visitors.RemoveLast();
            }
        }
    }

    /// <summary>The last ones first.</summary>
    public IReadOnlyList<string> Of(string visitor, int max)
    {
        lock (gate)
            return byVisitor.TryGetValue(visitor, out LinkedListNode<(string Visitor, List<string> Skus)>? known)
                ? [.. known.Value.Skus.Take(max)]
                : [];
    }
}
