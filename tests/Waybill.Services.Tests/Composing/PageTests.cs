using Waybill.Services.Composing;
using Waybill.Testing;

namespace Waybill.Services.Tests.Composing;

public sealed class PageTests
{
    private readonly FakeTime time = new();
    private readonly HeldCalls calls = new();

    [Fact]
    public async Task A_page_is_made_of_what_its_calls_answer()
    {
        await using Page page = Begin();

        Piece<string> title = page.Ask("title", _ => Task.FromResult("Emma"));
        Piece<string> price = page.Ask("price", cancel => calls.AskAsync("price", cancel));
        calls.End("price");
        PageReport report = await page.CompleteAsync();

        Assert.True(report.IsComplete);
        Assert.Equal(["title", "price"], report.Pieces.Select(piece => piece.Name));
        Assert.Equal("Emma", title.Value);
        Assert.Equal("the price", price.Value);
    }

    [Fact]
    public async Task A_call_that_hangs_is_cancelled_when_its_budget_is_over_and_the_page_goes_on()
    {
        await using Page page = Begin();
        Piece<string> price = page.Ask(
            "price", cancel => calls.AskAsync("price", cancel), new() { Budget = TimeSpan.FromMilliseconds(50) });

        time.Advance(TimeSpan.FromMilliseconds(50));
        await calls.CancelledAsync("price");
        PageReport report = await page.CompleteAsync();

        Assert.Equal(MissingReason.TimedOut, price.Missing?.Reason);
        Assert.Null(price.ValueOrDefault);
        Assert.Equal(TimeSpan.FromMilliseconds(50), report.Duration);
        Assert.False(page.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_call_that_ignores_its_token_is_left_behind()
    {
        await using Page page = Begin();
        Piece<string> price = page.Ask(
            "price", _ => calls.AskDeafAsync("price"), new() { Budget = TimeSpan.FromMilliseconds(50) });

        time.Advance(TimeSpan.FromMilliseconds(50));
        await page.CompleteAsync();

        Assert.Equal(MissingReason.TimedOut, price.Missing?.Reason);
        calls.End("price");
    }

    [Fact]
    public async Task A_page_stops_waiting_a_little_before_its_deadline()
    {
        await using Page page = Begin(deadlineMs: 300);
        Piece<string> price = page.Ask("price", cancel => calls.AskAsync("price", cancel));

        time.Advance(TimeSpan.FromMilliseconds(290));
        PageReport report = await page.CompleteAsync();

        Assert.Equal(MissingReason.TimedOut, price.Missing?.Reason);
        Assert.Equal(TimeSpan.FromMilliseconds(290), report.Duration);
        Assert.Equal(TimeSpan.FromMilliseconds(300), report.Deadline);
        await calls.CancelledAsync("price");
    }

    [Fact]
    public async Task A_call_whose_turn_did_not_come_is_skipped()
    {
        await using Page page = Begin(new() { PageParallelMax = 1 });
        Piece<string> first = page.Ask("first", cancel => calls.AskAsync("first", cancel));
        Piece<string> second = page.Ask("second", cancel => calls.AskAsync("second", cancel));

        time.Advance(TimeSpan.FromSeconds(1));
        await page.CompleteAsync();

        Assert.Equal(MissingReason.TimedOut, first.Missing?.Reason);
        Assert.Equal(MissingReason.Skipped, second.Missing?.Reason);
        Assert.False(calls.HasBegun("second"));
    }

    [Fact]
    public async Task What_stands_in_for_a_missing_piece_is_its_value()
    {
        await using Page page = Begin();
        Piece<int> stock = page.Ask(
            "stock",
            Task<int> (_) => throw new RefusedException("unknown-book", "no such book"),
            new() { Fallback = _ => 0 });
        Piece<string> price = page.Ask(
            "price",
            Task<string> (_) => throw new InvalidOperationException("broken"),
            new() { Fallback = missing => missing.Reason.ToString() });
        Piece<string> title = page.Ask(
            "title", Task<string> (_) => throw new InvalidOperationException("broken"), new() { Fallback = Fail });

        PageReport report = await page.CompleteAsync();

        Assert.Equal((true, true, 0), (stock.IsMissing, stock.HasValue, stock.Value));
        Assert.Equal("Failed", price.Value);
        Assert.False(title.HasValue);
        Assert.Contains("no fallback today", title.Missing?.Detail, StringComparison.Ordinal);
        Assert.Equal([true, true, false], report.Missing.Select(piece => piece.IsFallback));
        Assert.Equal(MissingReason.Refused, report.Pieces[0].Missing?.Reason);

        static string Fail(Missing missing) => throw new InvalidOperationException("no fallback today");
    }

    [Fact]
    public async Task A_page_that_is_left_cancels_its_calls()
    {
        Page page = Begin();
        Piece<string> price = page.Ask("price", cancel => calls.AskAsync("price", cancel));

        await page.DisposeAsync();

        await calls.CancelledAsync("price");
        Assert.Equal(MissingReason.Cancelled, price.Missing?.Reason);
        Assert.Throws<ObjectDisposedException>(() => page.Ask("late", _ => Task.FromResult(1)));
    }

    [Fact]
    public async Task A_page_has_no_more_time_than_the_call_that_it_is_made_for()
    {
        using IDisposable limit = CallContext.Limit(TimeSpan.FromMilliseconds(100), time);
        await using Page page = Begin(deadlineMs: 300);
        Piece<TimeSpan> remaining = page.Ask("remaining", _ => Task.FromResult(CallContext.Current!.Remaining));
        Piece<TimeSpan> budgeted = page.Ask(
            "budgeted",
            _ => Task.FromResult(CallContext.Current!.Remaining),
            new() { Budget = TimeSpan.FromMilliseconds(20) });

        await page.CompleteAsync();

        Assert.Equal(TimeSpan.FromMilliseconds(90), remaining.Value);
        Assert.Equal(TimeSpan.FromMilliseconds(20), budgeted.Value);
    }

    [Fact]
    public async Task A_value_is_not_to_be_had_before_its_time_or_when_it_is_missing()
    {
        await using Page page = Begin();
        Piece<string> price = page.Ask("price", cancel => calls.AskAsync("price", cancel));
        Assert.Contains("CompleteAsync", Error(price), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromSeconds(1));
        await page.CompleteAsync();

        Assert.Contains("missing (TimedOut)", Error(price), StringComparison.Ordinal);

        static string Error(Piece<string> piece) =>
            Assert.Throws<InvalidOperationException>(() => piece.Value).Message;
    }

    [Fact]
    public void Limits_that_cannot_be_are_told_together()
    {
        ComposerOptions options = new()
        {
            PageParallelMax = 0,
            ServiceParallelMax = 0,
            ServiceParallelMaxOf = { ["shelf"] = 0 },
            Reserve = -TimeSpan.FromTicks(1),
        };

        Assert.Equal(4, options.Faults().Count());
        Assert.Throws<ArgumentException>(() => new Composer(options, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PieceOptions<int> { Budget = TimeSpan.Zero });
    }

    private Page Begin(ComposerOptions? options = null, int deadlineMs = 300) =>
        new Composer(options ?? new ComposerOptions(), time).Begin("product", TimeSpan.FromMilliseconds(deadlineMs));
}
