using Bookstore.Domains;
using Bookstore.Outside;
using Bookstore.Recommending;

namespace Bookstore.Tests;

public sealed class RecommenderTests
{
    private static readonly Article[] Shelf =
    [
        new("A", "Salt and Iron", "Ada Khan", new Money(999)),
        new("B", "Salt and Ashes", "Ada Khan", new Money(999)),
        new("C", "A History of Ferries", "Leo Hale", new Money(999)),
        new("D", "Ferries in Winter", "Noor Lowe", new Money(999)),
        new("E", "Bread", "Hugo Iyer", new Money(999)),
    ];

    [Fact]
    public void What_was_bought_together_comes_first()
    {
        Recommender shop = new(Shelf, [Of("A", "E"), Of("A", "E"), Of("A", "B"), Of("C", "D")]);

        Suggestion first = shop.AlsoBought("A", 4)[0];

        Assert.Equal(new Suggestion("E", SuggestionReason.BoughtTogether, 2), first);
    }

    [Fact]
    public void An_article_that_nobody_bought_keeps_the_company_of_its_lookalikes()
    {
        Recommender shop = new(Shelf, [Of("A", "E"), Of("A", "E")]);

        Suggestion[] suggested = [.. shop.AlsoBought("B", 4)];

        Assert.Equal("E", suggested[0].Sku);
        Assert.Equal(SuggestionReason.BoughtWithLookalikes, suggested[0].Reason);
    }

    [Fact]
    public void An_article_like_another_shares_rare_words_with_it()
    {
        Recommender shop = new(Shelf, []);

        Assert.Equal(new Suggestion("D", SuggestionReason.Lookalike, 1), shop.Similar("C", 2)[0]);
        Assert.Equal("B", shop.Similar("A", 1)[0].Sku);
    }

    [Fact]
    public void Orders_of_one_customer_tie_articles_and_orders_of_guests_do_not()
    {
        Recommender named = new(Shelf, [new Basket("C1", ["A"]), new Basket("C1", ["E"])]);
        Recommender guests = new(Shelf, [new Basket(null, ["A"]), new Basket(null, ["E"])]);

        Assert.Equal(SuggestionReason.BoughtTogether, named.AlsoBought("A", 1)[0].Reason);
        Assert.NotEqual(SuggestionReason.BoughtTogether, guests.AlsoBought("A", 1)[0].Reason);
    }

    [Fact]
    public void A_wholesaler_ties_nothing_tighter_than_two_small_orders_do()
    {
        Article[] many = [.. Enumerable.Range(0, 100).Select(i => Numbered(i))];
        Basket everything = new(null, [.. many.Select(article => article.Sku)]);
        Recommender shop = new(many, [everything, everything, Of("S00007", "S00042"), Of("S00007", "S00042")]);

        Assert.Equal("S00042", shop.AlsoBought("S00007", 5)[0].Sku);
    }

    [Fact]
    public void Deep_in_a_large_catalogue_with_few_orders_every_article_has_its_full_row()
    {
        Article[] many = [.. Enumerable.Range(0, 10_000).Select(i => Numbered(i))];
        Random random = new Chance(7).For("baskets");
        Basket[] few =
        [
            .. Enumerable.Range(0, 50).Select(_ => new Basket(
                null, [.. Enumerable.Range(0, 3).Select(_ => many[random.Next(200)].Sku).Distinct()])),
        ];
        Recommender shop = new(many, few);

        foreach (Article article in many.Where((_, i) => i % 97 == 0))
        {
            IReadOnlyList<Suggestion> also = shop.AlsoBought(article.Sku, 10);
            IReadOnlyList<Suggestion> similar = shop.Similar(article.Sku, 10);
            Assert.Equal(10, also.Select(suggestion => suggestion.Sku).Distinct().Count());
            Assert.Equal(10, similar.Select(suggestion => suggestion.Sku).Distinct().Count());
            Assert.DoesNotContain(also.Concat(similar), suggestion => suggestion.Sku == article.Sku);
        }
    }

    [Fact]
    public void It_finds_what_goes_together_far_oftener_than_the_best_sellers_do()
    {
        // Twenty tastes of fifty articles each; every order follows one taste, and a best seller creeps in.
        Article[] many = [.. Enumerable.Range(0, 1000).Select(i => Numbered(i))];
        Random random = new Chance(11).For("tastes");
        List<string[]> orders =
        [
            .. Enumerable.Range(0, 2000).Select(_ =>
            {
                int taste = random.Next(20) * 50;
                return Enumerable.Range(0, 4).Select(_ => many[taste + random.Next(50)].Sku)
                    .Append(many[random.Next(10)].Sku).Distinct().ToArray();
            }),
        ];
        Recommender shop = new(many, orders.Skip(500).Select(skus => new Basket(null, skus)));
        string[] bestSellers =
            [.. orders.Skip(500).SelectMany(skus => skus).CountBy(sku => sku).OrderByDescending(pair => pair.Value)
                .Take(10).Select(pair => pair.Key)];

        int hits = orders.Take(500).Count(skus => shop.AlsoBought(skus[0], 10).Any(s => s.Sku == skus[1]));
        int plain = orders.Take(500).Count(skus => bestSellers.Contains(skus[1]));

        Assert.True(hits > 3 * plain, $"{hits} of 500 found, the best sellers alone find {plain}");
    }

    [Fact]
    public void An_unknown_article_has_no_row() =>
        Assert.Empty(new Recommender(Shelf, []).AlsoBought("X", 5));

    private static Basket Of(params string[] skus) => new(null, skus);

    private static Article Numbered(int i) => new($"S{i:00000}", $"Volume {i}", $"Writer {i % 3000}", new Money(999));
}
