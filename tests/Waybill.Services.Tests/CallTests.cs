namespace Waybill.Services.Tests;

public sealed class CallTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_brings_its_result(bool remote)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        Book? found = await Client(host, remote).FindAsync("111", default);

        Assert.Equal(Shelf.Emma, found);
        Assert.Null(await Client(host, remote).FindAsync("112", default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Arguments_arrive_as_they_were_given(bool remote)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        int count = await Client(host, remote).PutAsync([Shelf.Emma, new Book("112", "É \"x\"")], Corner.BackWall, "a");

        Assert.Equal(2, count);
        Assert.Equal("111,112 at BackWall: a", Assert.Single(host.Shelf.Puts));
        await Client(host, remote).ClearAsync();
        Assert.Empty(host.Shelf.Puts);
    }

    [Fact]
    public async Task In_the_same_process_the_very_object_is_handed_over()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        Assert.Same(Shelf.Emma, await host.Local.FindAsync("111", default));
        Assert.NotSame(Shelf.Emma, await host.Remote.FindAsync("111", default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_arrives_as_the_same_refusal(bool remote)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        host.Shelf.Find = (isbn, _) => throw new RefusedException("no-such-book", $"There is no book {isbn}.");

        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(
            () => Client(host, remote).FindAsync("7", default));

        Assert.Equal(("no-such-book", "There is no book 7."), (refused.Code, refused.Message));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_implementation_that_throws_is_a_failed_call(bool remote)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        host.Shelf.Find = (_, _) => throw new InvalidOperationException("the secret of the shelf");

        ServiceCallException failed = await Assert.ThrowsAsync<ServiceCallException>(
            () => Client(host, remote).FindAsync("7", default));

        Assert.Equal((CallFailure.Failed, "shelf:2/find"), (failed.Failure, failed.Call));
        if (remote)
            Assert.DoesNotContain("secret", failed.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_ends_at_its_deadline_though_the_implementation_does_not(bool remote)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Book?> never = new();
        host.Shelf.Find = (_, _) =>
        {
            begun.TrySetResult();
            return never.Task;
        };

        Task<Book?> call = Client(host, remote).FindAsync("7", default);
        await begun.Task;
        host.Time.Advance(TimeSpan.FromSeconds(2));

        ServiceCallException late = await Assert.ThrowsAsync<ServiceCallException>(() => call);
        Assert.Equal(CallFailure.DeadlinePassed, late.Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_with_less_time_gives_less(bool remote)
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using (CallContext.Limit(TimeSpan.FromMilliseconds(900), host.Time))
            await Client(host, remote).FindAsync("111", default);
        TimeSpan? limited = host.Shelf.Remaining;
        await Client(host, remote).FindAsync("111", default);

        Assert.InRange(limited!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(900));
        Assert.True(limited < host.Shelf.Remaining);
    }

    [Fact]
    public async Task A_call_without_time_is_not_made()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        using IDisposable limit = CallContext.Limit(TimeSpan.Zero, host.Time);
        ServiceCallException late = await Assert.ThrowsAsync<ServiceCallException>(
            () => host.Remote.FindAsync("111", default));

        Assert.Equal((CallFailure.DeadlinePassed, 0), (late.Failure, host.Shelf.Calls));
    }

    [Fact]
    public async Task The_callee_knows_who_calls()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();

        await host.Remote.FindAsync("111", default);

        Assert.Equal("tests", host.Shelf.Caller);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_of_a_deadline()
    {
        await using ShelfHost host = await ShelfHost.StartAsync();
        using CancellationTokenSource gaveUp = new();
        host.Shelf.Find = async (_, cancel) =>
        {
            await gaveUp.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancel);
            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Remote.FindAsync("7", gaveUp.Token));
    }

    private static IShelf Client(ShelfHost host, bool remote) => remote ? host.Remote : host.Local;
}
