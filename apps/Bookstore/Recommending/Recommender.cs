using Bookstore.Domains;

namespace Bookstore.Recommending;

/// <summary>
/// What to put beside an article, from all orders up to a moment. Immutable and thread-safe. It answers for every
/// article: where orders are few, words and the company that lookalikes keep step in, and each suggestion says why.
/// </summary>
public sealed class Recommender
{
    /// <summary>How many neighbours are followed one step further.</summary>
    private const int StepsMax = 20;

    /// <summary>What one step more takes off a score.</summary>
    private const float StepDiscount = 0.3f;

    private readonly IReadOnlyList<Article> articles;
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly CoPurchases bought;
    private readonly Lookalikes lookalikes;
    private readonly int[] byPopularity;

    public Recommender(IReadOnlyList<Article> articles, IEnumerable<Basket> baskets)
    {
        this.articles = articles;
        for (int i = 0; i < articles.Count; i++)
            numbers[articles[i].Sku] = i;
        bought = CoPurchases.Of(numbers, baskets);
        lookalikes = new Lookalikes(articles);
        byPopularity = [.. Enumerable.Range(0, articles.Count)
            .OrderByDescending(item => bought.Orders[item])
            .ThenBy(item => articles[item].Sku, StringComparer.Ordinal)];
    }

    /// <summary>
    /// What customers who bought an article bought as well, the closest first; empty for an unknown one.
    /// </summary>
    public IReadOnlyList<Suggestion> AlsoBought(string sku, int max)
    {
        if (!numbers.TryGetValue(sku, out int item))
            return [];
        Ranking ranking = new(item, max);
        ranking.Add(SuggestionReason.BoughtTogether, bought.With(item));
        if (!ranking.IsFull)
            ranking.Add(SuggestionReason.BoughtOneStepAway, OneStepFrom(bought.With(item)));
        if (!ranking.IsFull)
            ranking.Add(SuggestionReason.BoughtWithLookalikes, OneStepFrom(lookalikes.Of(item)));
        if (!ranking.IsFull)
            ranking.Add(SuggestionReason.Lookalike, lookalikes.Of(item));
        return Told(ranking);
    }

    /// <summary>Articles like one, the closest first; empty for an unknown one.</summary>
    public IReadOnlyList<Suggestion> Similar(string sku, int max)
    {
        if (!numbers.TryGetValue(sku, out int item))
            return [];
        Dictionary<int, float> company = bought.With(item).ToDictionary(pair => pair.Item, pair => pair.Score);
        Ranking ranking = new(item, max);
        ranking.Add(
            SuggestionReason.Lookalike,
            lookalikes.Of(item).Select(pair =>
                (pair.Item, pair.Score + company.GetValueOrDefault(pair.Item), pair.Shared)));
        if (!ranking.IsFull)
            ranking.Add(SuggestionReason.BoughtTogether, bought.With(item));
        if (!ranking.IsFull)
            ranking.Add(SuggestionReason.BoughtWithLookalikes, OneStepFrom(lookalikes.Of(item)));
        return Told(ranking);
    }

    private IEnumerable<(int Item, float Score, int Support)> OneStepFrom(
        IEnumerable<(int Item, float Score, int Support)> neighbours) =>
        from near in neighbours.OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Item).Take(StepsMax)
        from far in bought.With(near.Item)
        select (far.Item, near.Score * far.Score * StepDiscount, far.Support);

    private List<Suggestion> Told(Ranking ranking)
    {
        ranking.Fill(SuggestionReason.Popular, byPopularity);
        return [.. ranking.Items.Select(pick => new Suggestion(articles[pick.Item].Sku, pick.Reason, pick.Support))];
    }

    /// <summary>The best so far: what comes with an earlier reason stands before what comes with a later one.</summary>
    private sealed class Ranking(int self, int max)
    {
        private readonly HashSet<int> seen = [self];

        public List<(int Item, SuggestionReason Reason, int Support)> Items { get; } = [];

        public bool IsFull => Items.Count >= max;

        public void Add(SuggestionReason reason, IEnumerable<(int Item, float Score, int Support)> candidates)
        {
            IEnumerable<(int Item, int Support)> best = candidates
                .Where(candidate => !seen.Contains(candidate.Item))
                .GroupBy(candidate => candidate.Item)
                .Select(group => (
                    Item: group.Key,
                    Score: group.Sum(candidate => candidate.Score),
                    Support: group.Max(candidate => candidate.Support)))
                .OrderByDescending(candidate => candidate.Score)
                .ThenBy(candidate => candidate.Item)
                .Take(max - Items.Count)
                .Select(candidate => (candidate.Item, candidate.Support))
                .ToList();
            foreach ((int item, int support) in best)
            {
                seen.Add(item);
                Items.Add((item, reason, support));
            }
        }

        public void Fill(SuggestionReason reason, IEnumerable<int> candidates) => Items.AddRange(
            candidates.Where(seen.Add).Take(max - Items.Count).Select(item => (item, reason, 0)));
    }
}
