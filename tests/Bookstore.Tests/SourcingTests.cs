using Bookstore.Domains;
using Bookstore.Ordering;
using Bookstore.Returning;

namespace Bookstore.Tests;

public sealed class SourcingTests
{
    private static readonly Money Price = new(500);

    [Fact]
    public void One_centre_that_has_everything_sends_everything()
    {
        SourcingPlan plan = SourcingPlan.For(
            [Line("A", 1), Line("B", 2)], [new("A", "Leeds", 9), new("A", "Reading", 1), new("B", "Reading", 2)]);

        Assert.True(plan.IsComplete);
        Assert.Equal(["Reading"], plan.ByCentre.Keys);
    }

    [Fact]
    public void A_line_that_no_centre_has_whole_is_split()
    {
        SourcingPlan plan = SourcingPlan.For([Line("A", 5)], [new("A", "Leeds", 3), new("A", "Reading", 4)]);

        Assert.True(plan.IsComplete);
        Assert.Equal(5, plan.ByCentre.Values.SelectMany(lines => lines).Sum(line => line.Quantity));
        Assert.Equal(2, plan.ByCentre.Count);
    }

    [Fact]
    public void Two_lines_of_one_article_do_not_count_the_same_book_twice()
    {
        SourcingPlan plan = SourcingPlan.For([Line("A", 2), Line("A", 2)], [new("A", "Leeds", 3)]);

        Assert.Equal(new Shortage("A", 1, 4), Assert.Single(plan.Shortages));
        Assert.Empty(plan.ByCentre);
    }

    [Fact]
    public void No_centre_is_asked_for_more_than_it_has()
    {
        StockLevel[] levels =
        [
            new("A", "Leeds", 2), new("B", "Leeds", 1), new("A", "Reading", 2), new("B", "Reading", 2),
            new("C", "Glasgow", 1),
        ];

        SourcingPlan plan = SourcingPlan.For([Line("A", 3), Line("B", 3), Line("C", 1)], levels);

        Assert.All(plan.ByCentre, part => Assert.All(part.Value, pick => Assert.True(
            pick.Quantity <= levels.Single(level => level.Centre == part.Key && level.Sku == pick.Sku).OnHand)));
        Assert.Equal(
            [3L, 3L, 1L],
            plan.ByCentre.Values.SelectMany(lines => lines).GroupBy(pick => pick.Line).OrderBy(line => line.Key)
                .Select(line => line.Sum(pick => pick.Quantity)));
    }

    [Fact]
    public void A_return_takes_back_what_was_sent_at_its_price_and_no_more()
    {
        SentLine[] sent =
        [
            new("Leeds", new PickLine(0, "A", 2, Price)),
            new("Reading", new PickLine(0, "A", 1, Price)),
            new("Reading", new PickLine(1, "A", 5, new Money(400))),
        ];

        SentLine[] accepted = [.. ReturnMatching.Accept([Line("A", 9), Line("B", 1)], sent)];

        Assert.Equal(sent[..2], accepted);
    }

    private static OrderLine Line(string sku, long quantity) => new(sku, sku, quantity, Price);
}
