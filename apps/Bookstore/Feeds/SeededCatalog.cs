using Bookstore.Domains;
using Bookstore.Outside;

namespace Bookstore.Feeds;

/// <summary>Made-up books, the same for the same seed.</summary>
public static class SeededCatalog
{
    private static readonly string[] Qualities =
        ["Silent", "Last", "Hidden", "Winter", "Crooked", "Golden", "Borrowed",
         "Distant", "Paper", "Second", "Salt", "Quiet"];

    private static readonly string[] Things =
        ["Harbour", "Orchard", "Letter", "Lighthouse", "Garden", "Map", "Violin",
         "Station", "River", "Promise", "House", "Key"];

    private static readonly string[] Places =
        ["of Whitby", "at Sea", "in June", "of Glass", "Beyond the Hill", "of the North",
         "after Midnight", "on Mill Lane"];

    private static readonly string[] FirstNames =
        ["Ada", "Bram", "Clara", "Dylan", "Edith", "Femi", "Grace", "Hugo",
         "Iris", "Jonas", "Kezia", "Leo", "Maya", "Noor"];

    private static readonly string[] LastNames =
        ["Ashby", "Brontell", "Carver", "Dunmore", "Ellery", "Fenwick", "Garrow",
         "Hale", "Iyer", "Jessop", "Khan", "Lowe"];

    private static readonly string[] Streets = ["Street", "Road", "Lane", "Square"];

    private static readonly string[] Towns =
        ["Whitby", "Ludlow", "Kendal", "Totnes", "Oban", "Frome", "Malton", "Crail"];

    public static IReadOnlyList<Article> Of(Chance chance, int titles) =>
        [.. Enumerable.Range(1, titles).Select(rank => Book(chance.For("book", rank), rank))];

    public static string PersonName(Random random) => $"{Any(random, FirstNames)} {Any(random, LastNames)}";

    /// <summary>A street and a town.</summary>
    public static string StreetAddress(Random random) =>
        $"{1 + random.Next(120)} {Any(random, Things)} {Any(random, Streets)}, {Any(random, Towns)}";

    /// <summary>A price such as books have.</summary>
    public static Money Price(Random random) => new((random.Next(4, 30) * 100) + 99);

    private static Article Book(Random random, int rank) => new(
        $"BK{rank:00000}",
        $"The {Any(random, Qualities)} {Any(random, Things)} {Any(random, Places)}",
        PersonName(random),
        Price(random))
    {
        Popularity = 1.0 / (rank + 20),
    };

    private static string Any(Random random, string[] words) => words[random.Next(words.Length)];
}
