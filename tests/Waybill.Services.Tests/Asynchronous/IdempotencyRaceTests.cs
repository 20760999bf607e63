using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;
using static Waybill.Services.Tests.Asynchronous.TicketHost;

namespace Waybill.Services.Tests.Asynchronous;

public sealed class IdempotencyRaceTests : IAsyncDisposable
{
    private readonly FakeTime time = new();
    private readonly MemoryStore store;

    public IdempotencyRaceTests() => store = new MemoryStore(time);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Of_many_at_once_in_two_processes_one_is_carried_out()
    {
        await using TicketHost one = await StartAsync(store: store, time: time);
        await using TicketHost other = await StartAsync(store: store, time: time);

        HttpResponseMessage[] all = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : other).SubmitWithAsync("k-1")));

        Assert.All(all, response => Assert.True(
            response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.Conflict, $"{response.StatusCode}"));
        Assert.Contains(all, response => response.StatusCode == HttpStatusCode.Accepted);
        Assert.Single(all.Select(response => response.Headers.Location).OfType<Uri>().Distinct());
        Assert.Equal(1, await store.Tickets.CountAsync(TicketFilter.All, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_process_that_dies_at_any_step_does_no_harm(int step)
    {
        DyingFaults faults = new(step);
        Task<HttpResponseMessage> lost;
        await using TicketHost dying = await StartAsync(store: new FaultyStore(store, faults), time: time);
        faults.Arm();
        lost = dying.SubmitWithAsync("k-1");
        await faults.Died;

        await using TicketHost living = await StartAsync(store: store, time: time);
        HttpResponseMessage early = await living.SubmitWithAsync("k-1");
        time.Advance(TimeSpan.FromSeconds(91));
        HttpResponseMessage late = await living.SubmitWithAsync("k-1");

        Assert.True(early.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.Conflict);
        Assert.Equal(HttpStatusCode.Accepted, late.StatusCode);
        Assert.Equal(1, await store.Tickets.CountAsync(TicketFilter.All, default));
        Assert.False(lost.IsCompleted);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_noted_is_given_all_the_same()
    {
        await using TicketHost host = await StartAsync(
            store: new FaultyStore(store, new FailingFaults("Records.Write", 2)), time: time);

        HttpResponseMessage first = await host.SubmitWithAsync("k-1");
        time.Advance(TimeSpan.FromSeconds(91));
        HttpResponseMessage second = await host.SubmitWithAsync("k-1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task A_submission_that_failed_is_tried_anew_at_once_under_the_same_key()
    {
        await using TicketHost host = await StartAsync(
            store: new FaultyStore(store, new FailingFaults("Elements.Accept", 1)), time: time);

        HttpResponseMessage first = await host.SubmitWithAsync("k-1");
        HttpResponseMessage second = await host.SubmitWithAsync("k-1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(1, await store.Tickets.CountAsync(TicketFilter.All, default));
    }

    [Fact]
    public async Task A_client_that_hung_up_while_its_key_was_noted_may_try_again_at_once()
    {
        using CancellationTokenSource client = new();
        TaskCompletionSource noticed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HangingUpFaults faults = new(client, noticed.Task);
        await using TicketHost host = await StartAsync(
            app => app.Use(async (context, next) =>
            {
                context.RequestAborted.Register(noticed.SetResult);
                context.Response.OnCompleted(() => Task.Run(ended.TrySetResult));
                await next(context);
            }),
            new FaultyStore(store, faults), time);

        Task first = host.SubmitWithAsync("k-1", cancel: client.Token);
        await ended.Task;
        HttpResponseMessage second = await host.SubmitWithAsync("k-1");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(1, await store.Tickets.CountAsync(TicketFilter.All, default));
    }

    /// <summary>The client hangs up while the first record is written, and the server notices.</summary>
    private sealed class HangingUpFaults(CancellationTokenSource client, Task noticed) : IStoreFaults
    {
        public async Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            T result = await apply();
            if (call == "Records.Write" && !client.IsCancellationRequested)
            {
                await client.CancelAsync();
                await noticed;
            }

            return result;
        }

        public void Hint(Action arrived) => arrived();
    }

    /// <summary>Refuses one call, after it was carried out, as when the answer is lost.</summary>
    private sealed class FailingFaults(string failing, int number) : IStoreFaults
    {
        private int calls;

        public async Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            if (call == failing && Interlocked.Increment(ref calls) == number)
            {
                await apply();
                throw new CommitOutcomeUnknownException("the connection broke");
            }

            return await apply();
        }

        public void Hint(Action arrived) => arrived();
    }
}
