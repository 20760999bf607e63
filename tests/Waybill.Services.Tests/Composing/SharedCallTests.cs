using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Composing;
using Waybill.Testing;

namespace Waybill.Services.Tests.Composing;

public sealed class SharedCallTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(300);

    private readonly FakeTime time = new();
    private readonly HeldCalls calls = new();

    [Fact]
    public async Task Pieces_with_the_same_key_share_one_call()
    {
        await using Page page = new Composer(new(), time).Begin("product", Deadline);
        int made = 0;
        Piece<int> one = page.Ask("one", _ => Task.FromResult(++made), new() { Key = "stock/1" });
        Piece<int> same = page.Ask("same", _ => Task.FromResult(++made), new() { Key = "stock/1" });
        Piece<int> other = page.Ask("other", _ => Task.FromResult(++made), new() { Key = "stock/2" });

        PageReport report = await page.CompleteAsync();

        Assert.Equal((1, 1, 2), (one.Value, same.Value, other.Value));
        Assert.Equal(1, report.SharedCalls);
    }

    [Fact]
    public async Task A_shared_call_goes_on_while_anybody_waits_for_it()
    {
        await using Page page = new Composer(new(), time).Begin("product", Deadline);
        Piece<string> hasty = page.Ask("hasty", Ask, new() { Key = "k", Budget = TimeSpan.FromMilliseconds(10) });
        Piece<string> patient = page.Ask("patient", Ask, new() { Key = "k", Budget = TimeSpan.FromMilliseconds(90) });
        Piece<string> hastier = page.Ask("hastier", Ask, new() { Key = "k", Budget = TimeSpan.FromMilliseconds(5) });

        time.Advance(TimeSpan.FromMilliseconds(10));
        await hasty.EndedAsync();
        await hastier.EndedAsync();
        calls.End("shared");
        await page.CompleteAsync();

        Assert.Equal((true, true), (hasty.IsMissing, hastier.IsMissing));
        Assert.Equal("the shared", patient.Value);
    }

    [Fact]
    public async Task A_shared_call_that_nobody_waits_for_is_cancelled_and_made_anew_for_the_next()
    {
        await using Page page = new Composer(new(), time).Begin("product", Deadline);
        Piece<string> first = page.Ask("first", Ask, new() { Key = "k", Budget = TimeSpan.FromMilliseconds(10) });
        time.Advance(TimeSpan.FromMilliseconds(10));
        await first.EndedAsync();
        await calls.CancelledAsync("shared");

        Piece<string> next = page.Ask("next", Ask, new() { Key = "k" });
        calls.End("shared");
        await page.CompleteAsync();

        Assert.Equal("the shared", next.Value);
    }

    [Fact]
    public async Task Equal_calls_of_a_client_are_one_call_where_the_operation_is_idempotent()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        await using Page page = new Composer(new(), host.Time).Begin("shelf", TimeSpan.FromSeconds(10));

        PieceList<int, Book?> found = page.AskEach(
            "book", [1, 2, 3], (_, cancel) => host.Remote.FindAsync("111", cancel));
        Piece<int> put = page.Ask("put", _ => host.Remote.PutAsync([Shelf.Emma]));
        Piece<int> putAgain = page.Ask("put again", _ => host.Remote.PutAsync([Shelf.Emma]));
        PageReport report = await page.CompleteAsync();

        Assert.True(report.IsComplete);
        Assert.Equal([Shelf.Emma, Shelf.Emma, Shelf.Emma], found.Values);
        Assert.Equal(1, host.Shelf.Calls);
        Assert.Equal((1, 1, 2), (put.Value, putAgain.Value, host.Shelf.Puts.Count));
    }

    [Fact]
    public async Task A_shared_call_whose_maker_had_less_time_is_made_anew()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        host.Shelf.Find = (_, cancel) => host.Shelf.Calls == 1 ? HangAsync(cancel) : Task.FromResult<Book?>(Shelf.Emma);
        await using Page page = new Composer(new(), host.Time).Begin("shelf", TimeSpan.FromSeconds(10));
        Piece<Book?> hasty = page.Ask("hasty", Find, new() { Budget = TimeSpan.FromSeconds(1) });
        Piece<Book?> patient = page.Ask("patient", Find);

        host.Time.Advance(TimeSpan.FromSeconds(1));
        await page.CompleteAsync();

        Assert.Equal(MissingReason.TimedOut, hasty.Missing?.Reason);
        Assert.Equal(Shelf.Emma, patient.Value);

        Task<Book?> Find(CancellationToken cancel) => host.Local.FindAsync("111", cancel);
    }

    [Fact]
    public async Task A_clients_call_takes_a_place_of_its_service()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        TaskCompletionSource<Book?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Shelf.Find = (_, _) => answer.Task;
        Composer composer = new(new() { ServiceParallelMaxOf = { ["shelf"] = 1 } }, host.Time);
        await using Page page = composer.Begin("shelf", TimeSpan.FromSeconds(10));
        page.Ask("first", cancel => host.Local.FindAsync("1", cancel));

        Piece<Book?> second = page.Ask(
            "second", cancel => host.Local.FindAsync("2", cancel), new() { Budget = TimeSpan.FromSeconds(1) });
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await second.EndedAsync();

        Assert.Equal(MissingReason.TimedOut, second.Missing?.Reason);
        Assert.Equal(1, host.Shelf.Calls);
    }

    [Fact]
    public async Task A_service_that_is_down_leaves_the_page_with_what_stands_in()
    {
        using EchoNet net = new("one")
        {
            Answer = (_, _) => Task.FromResult(EchoNet.Fail(HttpStatusCode.ServiceUnavailable)),
        };
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<TimeProvider>(net.Time).AddComposer().BuildServiceProvider();
        await using Page page = services.GetRequiredService<Composer>().Begin("echo", TimeSpan.FromSeconds(5));

        Piece<string> word = page.Ask("word", _ => net.Client.AgainAsync(), new() { Fallback = _ => "silence" });
        PageReport report = await page.CompleteAsync();

        Assert.Equal("silence", word.Value);
        Assert.Equal(MissingReason.Unavailable, Assert.Single(report.Missing).Missing?.Reason);
    }

    private static async Task<Book?> HangAsync(CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        return null;
    }

    private Task<string> Ask(CancellationToken cancel) => calls.AskAsync("shared", cancel);
}
