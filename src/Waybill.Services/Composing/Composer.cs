using System.Collections.Concurrent;

namespace Waybill.Services.Composing;

/// <summary>
/// Composes pages of many calls, each page within one deadline. One for the whole process: it holds how many calls of
/// each service run. Thread-safe.
/// </summary>
public sealed class Composer
{
    private readonly ComposerOptions options;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Places> services = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a composer. It needs no service clients; calls of anything can be composed.</summary>
    /// <param name="options">Limits; read when a page begins.</param>
    /// <param name="time">The clock; the one that service clients use.</param>
    /// <exception cref="ArgumentException">The options cannot be; with everything that is wrong.</exception>
    public Composer(ComposerOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        this.options = options;
        this.time = time;
    }

    /// <summary>
    /// Begins a page: its time runs from now. Within a served call, it gets no more than what that call has left.
    /// </summary>
    /// <param name="name">For reports and traces: <c>product</c>.</param>
    /// <param name="deadline">When it must be done.</param>
    /// <param name="cancel">Gives it up: all its calls are cancelled.</param>
    /// <returns>The page; dispose it, which cancels what still runs.</returns>
    public Page Begin(string name, TimeSpan deadline, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(deadline, TimeSpan.Zero);
        TimeSpan given = CallContext.Shortened(deadline);
        return new Page(this, name, given, given - options.ReserveOf(given), options.PageParallelMax, time, cancel);
    }

    internal Places PlacesOf(string service) =>
        services.GetOrAdd(service, static (name, limits) => new Places(limits.ParallelMaxOf(name)), options);
}
