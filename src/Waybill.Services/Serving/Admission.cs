using System.Threading.RateLimiting;

namespace Waybill.Services.Serving;

/// <summary>Lets calls in: so many at a time, some more wait in order, the rest are turned away.</summary>
internal sealed class Admission(ServeOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.ConcurrencyMax,
        QueueLimit = options.QueueMax,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Dispose what is returned when the call has ended, also when it was not let in.</summary>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="OperationCanceledException">It was cancelled while it waited.</exception>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancel) => limiter.AcquireAsync(1, cancel);

    public void Dispose() => limiter.Dispose();
}
