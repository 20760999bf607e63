using System.Net;
using Polly;
using Polly.Timeout;

namespace Waybill.Services.Composing;

/// <summary>Makes the call of one piece: place, budget, deadline; and says why it has no answer.</summary>
internal sealed class Asking<T>(Page page, PieceOptions<T> options)
{
    private readonly TimeSpan? budget = options.Budget;
    private long begun;
    private bool hasBegun;
    private CancellationToken given;

    /// <summary>How long the call took, or was waited for; zero when it was not made.</summary>
    public TimeSpan Duration => hasBegun ? page.Time.GetElapsedTime(begun) : TimeSpan.Zero;

    public async Task<T> RunAsync(Func<CancellationToken, Task<T>> call)
    {
        await page.Places.TakeAsync(page.Token);
        try
        {
            page.Token.ThrowIfCancellationRequested();
            begun = page.Time.GetTimestamp();
            hasBegun = true;
            return budget is { } limit && limit < page.Remaining
                ? await WithinAsync(limit, call)
                : await CallAsync(call, page.Token);
        }
        finally
        {
            page.Places.Return();
        }
    }

    public Missing Judge(Exception error) => error switch
    {
        OperationCanceledException when page.IsGivenUp => new(MissingReason.Cancelled, "the page was given up."),
        OperationCanceledException when !hasBegun => new(MissingReason.Skipped, "the page's time had run out."),
        OperationCanceledException when given.IsCancellationRequested => new(MissingReason.TimedOut, Late()),
        ServiceCallException { Failure: CallFailure.DeadlinePassed } => new(MissingReason.TimedOut, error.Message),
        ServiceCallException { Failure: CallFailure.Unavailable } => new(MissingReason.Unavailable, error.Message),
        RefusedException refused => new(MissingReason.Refused, $"{refused.Code}: {refused.Message}"),
        TimeoutRejectedException => new(MissingReason.TimedOut, error.Message),
        ExecutionRejectedException => new(MissingReason.Unavailable, error.Message),
        HttpRequestException { StatusCode: null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests }
            => new(MissingReason.Unavailable, error.Message),
        _ => new(MissingReason.Failed, error.Message),
    };

    private async Task<T> WithinAsync(TimeSpan limit, Func<CancellationToken, Task<T>> call)
    {
        using CancellationTokenSource ends = new(limit, page.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, page.Token);
        return await CallAsync(call, either.Token);
    }

    private async Task<T> CallAsync(Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        given = cancel;
        using IDisposable context = page.Calls.Enter(budget);
        if (options.Key is not { } key)
            return await page.Calls.CallAsync(options.Service, call, cancel);
        object? shared = await page.Calls.Shared.AskAsync(
            (typeof(T), key),
            async whileWanted => await page.Calls.CallAsync(options.Service, call, whileWanted),
            cancel);
        return (T)shared!;
    }

    private string Late() => page.Token.IsCancellationRequested
        ? "there was no answer before the page's end."
        : $"there was no answer within its budget of {budget!.Value.TotalMilliseconds:0} ms.";
}
