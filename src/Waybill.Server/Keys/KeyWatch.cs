using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waybill.Server.Watching;

namespace Waybill.Server.Keys;

/// <summary>
/// Breaks off what waits or streams under a key that was revoked or has run out. However many there are, the keys are
/// read once for all of them, and only while there are any.
/// </summary>
internal sealed partial class KeyWatch(KeyRing ring, TimeProvider time, ILogger<KeyWatch> log) : RepeatedLook(time)
{
    private readonly ConcurrentDictionary<Held, bool> held = new();

    /// <inheritdoc/>
    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    /// <summary>Breaks the request off when its key ends. Dispose what is returned when it was answered.</summary>
    public IDisposable Hold(HttpContext request, KeyText key)
    {
        Held hold = new(this, request, key);
        held.TryAdd(hold, true);
        return hold;
    }

    /// <summary>One bounded pass: looks at the key of each request that is held.</summary>
    internal async Task LookOnceAsync()
    {
        foreach (Held hold in held.Keys)
        {
            if (await ring.FindAsync(hold.Key) is null)
                hold.BreakOff();
        }
    }

    /// <inheritdoc/>
    protected override Task LookAsync(CancellationToken cancel) => LookOnceAsync();

    /// <inheritdoc/>
    protected override void Tell(Exception error) => LogFailed(error);

    [LoggerMessage(
        6004, LogLevel.Warning, "Keys cannot be read; what streams or waits under them goes on until they can be")]
    private partial void LogFailed(Exception error);

    private sealed class Held(KeyWatch watch, HttpContext request, KeyText key) : IDisposable
    {
        private readonly Lock gate = new();
        private bool isOver;

        public KeyText Key => key;

        // Under the lock: the server uses the context of an answered request for the next one, perhaps another's.
        public void BreakOff()
        {
            lock (gate)
            {
                if (!isOver)
                    request.Abort();
            }
        }

        public void Dispose()
        {
            lock (gate)
                isOver = true;
            watch.held.TryRemove(this, out _);
        }
    }
}
