using System.Net;
using System.Text;

namespace Waybill.Services.Tests;

public sealed class SheddingTests
{
    [Fact]
    public async Task Calls_beyond_the_bounded_queue_are_turned_away_at_once()
    {
        await using ShelfHost host = await ShelfHost.StartAsync(Limited(queue: 0));
        (TaskCompletionSource begun, TaskCompletionSource<Book?> end) = Hold(host);
        Task<HttpResponseMessage> first = PostAsync(host);
        await begun.Task;

        using HttpResponseMessage second = await PostAsync(host);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        end.SetResult(null);
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
    }

    [Fact]
    public async Task A_place_that_becomes_free_is_given_on()
    {
        await using ShelfHost host = await ShelfHost.StartAsync(Limited(queue: 1));
        (TaskCompletionSource begun, TaskCompletionSource<Book?> end) = Hold(host);
        Task<HttpResponseMessage> first = PostAsync(host);
        await begun.Task;
        Task<HttpResponseMessage> second = PostAsync(host);

        end.SetResult(Shelf.Emma);

        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await second).StatusCode);
        Assert.Equal(2, host.Shelf.Calls);
    }

    [Fact]
    public async Task A_call_that_nobody_waits_for_keeps_its_place_until_it_ends()
    {
        await using ShelfHost host = await ShelfHost.StartAsync(Limited(queue: 0));
        (TaskCompletionSource begun, TaskCompletionSource<Book?> end) = Hold(host);
        Task<HttpResponseMessage> first = PostAsync(host);
        await begun.Task;

        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HttpStatusCode.RequestTimeout, (await first).StatusCode);
        using HttpResponseMessage second = await PostAsync(host);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        end.SetResult(null);
    }

    [Fact]
    public void Limits_that_cannot_be_are_told_together()
    {
        ServeOptions options = new() { ConcurrencyMax = 0, QueueMax = -1, BodyMaxBytes = 0 };

        Assert.Equal(3, options.Faults().Count());
    }

    private static Action<ServeOptions> Limited(int queue) => options =>
    {
        options.ConcurrencyMax = 1;
        options.QueueMax = queue;
    };

    private static (TaskCompletionSource Begun, TaskCompletionSource<Book?> End) Hold(ShelfHost host)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Book?> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Shelf.Find = (_, _) =>
        {
            begun.TrySetResult();
            return end.Task;
        };
        return (begun, end);
    }

    private static Task<HttpResponseMessage> PostAsync(ShelfHost host) => host.Http.PostAsync(
        "/services/shelf/v2/find", new StringContent("""{"isbn":"111"}""", Encoding.UTF8, "application/json"));
}
