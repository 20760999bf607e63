using Microsoft.AspNetCore.Http;
using Waybill.Services.Composing;

namespace Waybill.Services;

/// <summary>
/// What the call that is being carried out brought along; it flows with asynchronous code. Calls made meanwhile name
/// its service as their caller and get no more time than it has left.
/// </summary>
public sealed class CallContext
{
    private static readonly AsyncLocal<CallContext?> Flowing = new();

    private readonly TimeProvider time;
    private readonly long due;

    private readonly Lazy<Guid> stableId;

    private CallContext(
        string? service, string? caller, PageCalls? page, long due, TimeProvider time, Guid? stableId = null)
    {
        Service = service;
        Caller = caller;
        Page = page;
        this.due = due;
        this.time = time;
        this.stableId = new(() => stableId ?? Guid.CreateVersion7(time.GetUtcNow()));
    }

    /// <summary>The call that is being carried out here; null outside of calls and limits.</summary>
    public static CallContext? Current => Flowing.Value;

    /// <summary>
    /// The service that carries it out, <c>inventory:1</c>; null inside a mere <see cref="Limit"/>.
    /// </summary>
    public string? Service { get; }

    /// <summary>Who called it, as far as the caller said.</summary>
    public string? Caller { get; }

    /// <summary>
    /// An id that the call keeps when it is sent again with the same <c>Idempotency-Key</c>, also after a process died
    /// in the middle: what an implementation makes under it, it makes once. Without a key, an id of this call alone.
    /// </summary>
    public Guid StableId => stableId.Value;

    /// <summary>How much time is left; zero when none is.</summary>
    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), due);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>The request that brought the call; null for one from this process.</summary>
    internal HttpContext? Http { get; private init; }

    /// <summary>The calls of the page that is composed here; null outside of its calls.</summary>
    internal PageCalls? Page { get; }

    /// <summary>
    /// Gives all calls made until the returned scope is disposed this much time together. A limit never gives more than
    /// was left before.
    /// </summary>
    /// <param name="total">How much.</param>
    /// <param name="time">The clock; the one that the clients use.</param>
    /// <returns>The scope; dispose it in the method that made it.</returns>
    public static IDisposable Limit(TimeSpan total, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, TimeSpan.Zero);
        CallContext? before = Current;
        return new Scope(
            before, new CallContext(before?.Service, before?.Caller, before?.Page, Due(total, time), time));
    }

    /// <summary>The scope of one call that is carried out.</summary>
    internal static IDisposable Serve(
        string service, string? caller, TimeSpan remaining, TimeProvider time, Guid? stableId = null,
        HttpContext? http = null) =>
        new Scope(
            Current, new CallContext(service, caller, null, Due(remaining, time), time, stableId) { Http = http });

    /// <summary>What the calls of a page run in. Entered by each of them.</summary>
    internal static CallContext Compose(PageCalls page, TimeSpan remaining, TimeProvider time) =>
        new(Current?.Service, Current?.Caller, page, Due(remaining, time), time);

    /// <summary>Makes this the current one until the returned scope is disposed.</summary>
    internal IDisposable Enter() => new Scope(Current, this);

    /// <summary>The shorter of the given time and what is left here.</summary>
    internal static TimeSpan Shortened(TimeSpan wanted) =>
        Current is { Remaining: TimeSpan left } && left < wanted ? left : wanted;

    private static long Due(TimeSpan remaining, TimeProvider time)
    {
        TimeSpan shortened = Shortened(remaining);
        return time.GetTimestamp() + (long)(shortened.TotalSeconds * time.TimestampFrequency);
    }

    private sealed class Scope : IDisposable
    {
        private readonly CallContext? before;

        public Scope(CallContext? before, CallContext entered)
        {
            this.before = before;
            Flowing.Value = entered;
        }

        public void Dispose() => Flowing.Value = before;
    }
}
