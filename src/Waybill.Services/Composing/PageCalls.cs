using System.Text;
using Waybill.Services.Contracts;

namespace Waybill.Services.Composing;

/// <summary>
/// What the calls of one page have in common: their deadline, equal ones, the places of their services. Calls of
/// service clients find it by their context.
/// </summary>
internal sealed class PageCalls
{
    private readonly Composer composer;
    private readonly CallContext context;
    private readonly TimeProvider time;

    public PageCalls(Composer composer, TimeSpan remaining, TimeProvider time)
    {
        this.composer = composer;
        this.time = time;
        context = CallContext.Compose(this, remaining, time);
    }

    public SharedCalls Shared { get; } = new();

    public TimeSpan Remaining => context.Remaining;

    /// <summary>The scope of one call, which gets no more time than its budget.</summary>
    public IDisposable Enter(TimeSpan? budget)
    {
        IDisposable scope = context.Enter();
        return budget is { } total && total < Remaining ? new Both(CallContext.Limit(total, time), scope) : scope;
    }

    /// <summary>A call of a service client.</summary>
    public async Task<object?> CallAsync(
        OperationContract operation,
        object?[] arguments,
        Func<CancellationToken, Task<object?>> call,
        CancellationToken cancel)
    {
        string service = operation.Service.Name;
        if (!operation.Terms.Idempotent)
            return await CallAsync(service, call, cancel);
        string key = operation.Address + Encoding.UTF8.GetString(ArgumentsJson.Write(operation, arguments).Span);
        return await Shared.AskAsync(key, whileWanted => CallAsync(service, call, whileWanted), cancel);
    }

    /// <summary>
    /// A call of whatever kind. One that ignores its token is left behind; its place is free when it has really ended.
    /// </summary>
    public async Task<T> CallAsync<T>(
        string? service, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        Places? places = service is null ? null : composer.PlacesOf(service);
        if (places is not null)
            await TakeAsync(places, service!, cancel);
        Task<T> running;
        try
        {
            running = call(cancel);
        }
        catch
        {
            places?.Return();
            throw;
        }

        _ = WatchAsync(running, places);
        return await running.WaitAsync(cancel);
    }

    private static async Task TakeAsync(Places places, string service, CancellationToken cancel)
    {
        try
        {
            await places.TakeAsync(cancel);
        }
        catch (OperationCanceledException error)
        {
            throw new ServiceCallException(
                CallFailure.Unavailable, service, "all its places were taken until the time had run out.", error);
        }
    }

    // Nobody may wait for it any more: its failure is seen here, then.
    private static async Task WatchAsync(Task running, Places? places)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        places?.Return();
    }

    private sealed class Both(IDisposable inner, IDisposable outer) : IDisposable
    {
        public void Dispose()
        {
            inner.Dispose();
            outer.Dispose();
        }
    }
}
