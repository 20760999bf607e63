using System.Globalization;
using Bookstore.Domains;
using Bookstore.Outside;

namespace Bookstore.Feeds;

/// <summary>
/// A list of books as readers' sites publish them: no prices, ISBNs that lost their zeros, years like "2008.0".
/// </summary>
public sealed class CatalogFile
{
    private CatalogFile(
        string name, IReadOnlyList<Article> articles, IReadOnlyList<RefusedRow> refused, int withoutIsbn) =>
        (Name, Articles, Refused, WithoutIsbn) = (name, articles, refused, withoutIsbn);

    /// <summary>What it is known by: of a file on disk, its contents' fingerprint.</summary>
    public string Name { get; }

    public IReadOnlyList<Article> Articles { get; }

    public IReadOnlyList<RefusedRow> Refused { get; }

    /// <summary>How many books go by their number in the list, because they have no ISBN.</summary>
    public int WithoutIsbn { get; }

    public static CatalogFile Read(string path, Chance chance)
    {
        using StreamReader file = new(path);
        return Read(CsvLines.Fingerprint(path), file, chance);
    }

    public static CatalogFile Read(string name, TextReader file, Chance chance)
    {
        Dictionary<string, Article> articles = [];
        List<RefusedRow> refused = [];
        int withoutIsbn = 0;
        foreach (FileRow row in CsvLines.Read(file, "book_id", "isbn", "authors", "title", "ratings_count"))
        {
            if (Fault(row) is { } fault)
            {
                refused.Add(new RefusedRow(row.Line, fault));
                continue;
            }

            string? isbn = Isbn(row["isbn"]);
            string sku = isbn ?? $"book-{row["book_id"]}";
            withoutIsbn += isbn is null ? 1 : 0;
            Article article = new(sku, row["title"], row["authors"], SeededCatalog.Price(chance.For("price", sku)))
            {
                Popularity = double.Parse(row["ratings_count"], CultureInfo.InvariantCulture),
                Rating = RatingOf(row),
            };
            if (!articles.TryAdd(sku, article))
                refused.Add(new RefusedRow(row.Line, $"{sku} is in the list twice"));
        }

        return new CatalogFile(name, [.. articles.Values], refused, withoutIsbn);
    }

    private static string? Fault(FileRow row) => row switch
    {
        { HasAllColumns: false } => "the number of columns is not that of the header",
        _ when row["title"].Length == 0 => "no title",
        _ when row["book_id"].Length == 0 => "no book_id",
        _ when !CsvLines.TryDecimal(row["ratings_count"], out decimal ratings) || ratings <= 0 =>
            $"\"{row["ratings_count"]}\" is not a count of ratings",
        _ => null,
    };

    private static Rating? RatingOf(FileRow row) =>
        row.Has("average_rating") && CsvLines.TryDecimal(row["average_rating"], out decimal stars)
        && CsvLines.TryDecimal(row["ratings_count"], out decimal count) && stars is >= 1 and <= 5
            ? new Rating((int)(stars * 100), (long)count)
            : null;

    // Spreadsheets take ISBNs for numbers and cut the zeros in front.
    private static string? Isbn(string text) =>
        text.Length is > 0 and <= 10 && text[..^1].All(char.IsAsciiDigit)
        && (char.IsAsciiDigit(text[^1]) || text[^1] == 'X')
            ? text.PadLeft(10, '0')
            : null;
}
