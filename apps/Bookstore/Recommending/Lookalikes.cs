using Bookstore.Domains;

namespace Bookstore.Recommending;

/// <summary>
/// Which articles have words of title and author in common, the rarer the better (tf-idf with cosine). It knows every
/// article of the catalogue, also one that nobody has bought.
/// </summary>
public sealed class Lookalikes
{
    private const int WordMin = 3;

    /// <summary>A word that more articles than this have says nothing.</summary>
    private const int CommonMin = 20;

    private const double CommonShare = 0.1;

    private readonly Dictionary<string, List<int>> byWord = new(StringComparer.Ordinal);
    private readonly string[][] words;
    private readonly float[] lengths;

    public Lookalikes(IReadOnlyList<Article> articles)
    {
        words = [.. articles.Select(WordsOf)];
        for (int i = 0; i < words.Length; i++)
        {
            foreach (string word in words[i])
            {
                if (!byWord.TryGetValue(word, out List<int>? having))
                    byWord[word] = having = [];
                having.Add(i);
            }
        }

        int commonFrom = Math.Max(CommonMin, (int)(articles.Count * CommonShare));
        foreach (string common in byWord.Where(pair => pair.Value.Count > commonFrom).Select(pair => pair.Key).ToList())
            byWord.Remove(common);
        lengths = [.. words.Select(all => MathF.Sqrt(all.Where(byWord.ContainsKey).Sum(Square)))];
    }

    /// <summary>Articles that share words with one, how much of them (0 to 1), and how many.</summary>
    public IEnumerable<(int Item, float Score, int Shared)> Of(int item)
    {
        Dictionary<int, (float Product, int Shared)> found = [];
        foreach (string word in words[item])
        {
            if (!byWord.TryGetValue(word, out List<int>? having))
                continue;
            float square = Square(word);
            foreach (int other in having)
            {
                (float product, int shared) = found.GetValueOrDefault(other);
                found[other] = (product + square, shared + 1);
            }
        }

        found.Remove(item);
        return found.Select(pair => (
            pair.Key, pair.Value.Product / (lengths[item] * lengths[pair.Key]), pair.Value.Shared));
    }

    private float Square(string word)
    {
        float rarity = MathF.Log((float)words.Length / byWord[word].Count) + 1;
        return rarity * rarity;
    }

    private static string[] WordsOf(Article article) =>
    [
        .. $"{article.Title} {article.Author}".ToLowerInvariant()
            .Split([.. " .,;:!?()[]#&/'\"-"], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= WordMin)
            .Distinct(StringComparer.Ordinal),
    ];
}
