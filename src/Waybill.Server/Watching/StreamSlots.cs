using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Waybill.Services.Http;

namespace Waybill.Server.Watching;

/// <summary>
/// Bounds streams of events: how many there are, and how long each lasts. A stream ends after a quarter of an hour, so
/// that the host, which let its own principals in, is asked again; who listens connects again.
/// </summary>
internal sealed class StreamSlots(
    IOptions<WaybillServerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan LengthMax = TimeSpan.FromMinutes(15);
    private static readonly ProblemType Full = new("too-many-streams", 503, "There are too many streams of events");

    private int open;

    public int Open => Volatile.Read(ref open);

    /// <summary>The stream, within its bounds. It counts from when its first event is asked for.</summary>
    /// <exception cref="ProblemException">There are too many.</exception>
    public IAsyncEnumerable<T> BoundAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> stream, CancellationToken aborted)
    {
        if (Open >= options.Value.EventStreamsMax)
        {
            throw new ProblemException(Full, $"{options.Value.EventStreamsMax} streams are open. Try again later.")
            {
                RetryAfter = TimeSpan.FromSeconds(10),
            };
        }

        return RunAsync(stream, aborted, CancellationToken.None);
    }

    private async IAsyncEnumerable<T> RunAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> stream, CancellationToken aborted,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using CancellationTokenSource length = new(LengthMax, time);
        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(
            aborted, cancel, length.Token, lifetime.ApplicationStopping);
        IAsyncEnumerator<T> items = stream(any.Token).GetAsyncEnumerator(any.Token);
        Interlocked.Increment(ref open);
        try
        {
            while (await NextAsync(items, any.Token))
                yield return items.Current;
        }
        finally
        {
            Interlocked.Decrement(ref open);
            await items.DisposeAsync();
        }
    }

    // That a stream is over is no fault: the answer just ends.
    private static async ValueTask<bool> NextAsync<T>(IAsyncEnumerator<T> items, CancellationToken over)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return false;
        }
    }
}
