using Waybill.Services.Composing;
using Waybill.Testing;

namespace Waybill.Services.Tests.Composing;

public sealed class PageParallelTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(300);

    private readonly FakeTime time = new();
    private readonly HeldCalls calls = new();

    [Fact]
    public async Task A_page_makes_no_more_calls_at_a_time_than_it_may()
    {
        await using Page page = new Composer(new() { PageParallelMax = 3 }, time).Begin("product", Deadline);
        PieceList<int, string> prices = page.AskEach(
            "price", Enumerable.Range(0, 10), (i, cancel) => calls.AskAsync($"price {i}", cancel));

        for (int i = 0; i < 10; i++)
            calls.End($"price {i}");
        PageReport report = await page.CompleteAsync();

        Assert.True(report.IsComplete);
        Assert.Equal(3, calls.MostRunning);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"the price {i}"), prices.Values);
        Assert.Equal("price/9", prices[9].Value.Name);
    }

    [Fact]
    public async Task A_service_that_hangs_takes_no_more_than_its_places_of_all_pages()
    {
        Composer composer = new(new() { ServiceParallelMaxOf = { ["stock"] = 1 } }, time);
        PieceOptions<string> stock = new() { Service = "stock", Budget = TimeSpan.FromMilliseconds(50) };
        await using Page first = composer.Begin("first", Deadline);
        await using Page second = composer.Begin("second", Deadline);
        first.Ask("deaf", _ => calls.AskDeafAsync("deaf"), stock);
        time.Advance(TimeSpan.FromMilliseconds(50));
        await first.CompleteAsync();

        Piece<string> turnedAway = second.Ask("stock", cancel => calls.AskAsync("stock", cancel), stock);
        time.Advance(TimeSpan.FromMilliseconds(50));
        await second.CompleteAsync();
        calls.End("deaf");
        Piece<string> served = second.Ask("again", cancel => calls.AskAsync("again", cancel), stock);
        await calls.BegunAsync("again");
        calls.End("again");
        await second.CompleteAsync();

        Assert.Equal(MissingReason.Unavailable, turnedAway.Missing?.Reason);
        Assert.False(calls.HasBegun("stock"));
        Assert.Equal("the again", served.Value);
    }

    [Fact]
    public async Task A_piece_made_from_another_waits_for_that_one_only()
    {
        await using Page page = new Composer(new(), time).Begin("product", Deadline);
        page.Ask("slow", cancel => calls.AskAsync("slow", cancel));
        Piece<string> book = page.Ask("book", cancel => calls.AskAsync("book", cancel));
        Piece<string> author = book.Then("author", (name, cancel) => calls.AskAsync($"author of {name}", cancel));
        PieceList<char, string> letters = book.ThenEach(
            "letter", name => name[..2], (letter, cancel) => calls.AskAsync($"{letter}", cancel));

        calls.End("book");
        await calls.BegunAsync("author of the book");
        await calls.BegunAsync("t");
        Assert.True(calls.HasBegun("slow"));
        calls.End("author of the book");
        calls.End("t");
        await author.EndedAsync();
        time.Advance(Deadline);
        PageReport report = await page.CompleteAsync();

        Assert.Equal("the author of the book", author.Value);
        Assert.Equal(["the t"], letters.Values);
        Assert.Equal(["slow", "letter/h"], report.Missing.Select(piece => piece.Name));
    }

    [Fact]
    public async Task A_piece_of_something_missing_is_missing_and_its_call_is_not_made()
    {
        await using Page page = new Composer(new(), time).Begin("product", Deadline);
        Piece<string> book = page.Ask("book", Task<string> (_) => throw new RefusedException("unknown-book", "none"));
        Piece<string> here = page.Ask("here", _ => Task.FromResult("here"));
        Piece<string> author = book.Then("author", (name, cancel) => calls.AskAsync("author", cancel));
        PieceList<char, string> letters = book.ThenEach(
            "letter", name => name, (_, cancel) => calls.AskAsync("l", cancel));
        Piece<(string One, string Other)> both = here.With(book);
        Piece<(string One, string Other)> twice = here.With(here);

        await page.CompleteAsync();

        Assert.Equal(MissingReason.NothingToMakeItFrom, author.Missing?.Reason);
        Assert.Equal(MissingReason.NothingToMakeItFrom, both.Missing?.Reason);
        Assert.Equal(("here", "here"), twice.Value);
        Assert.Empty(letters);
        Assert.False(calls.HasBegun("author"));
    }
}
