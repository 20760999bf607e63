namespace Waybill.Services.Composing;

/// <summary>How many calls pages may make at the same time, and how much of a deadline is kept back.</summary>
public sealed class ComposerOptions
{
    /// <summary>How many calls of one page run at the same time; others wait for their turn. Default: 64.</summary>
    public int PageParallelMax { get; set; } = 64;

    /// <summary>
    /// How many calls of one service all pages of this process run at the same time; others wait as long as their
    /// budgets allow. A service that hangs takes no more than these. Default: 256.
    /// </summary>
    public int ServiceParallelMax { get; set; } = 256;

    /// <summary>Instead of <see cref="ServiceParallelMax"/>, by a service's name: <c>inventory</c>.</summary>
    public IDictionary<string, int> ServiceParallelMaxOf { get; } =
        new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How long before its deadline a page stops waiting for pieces, so that it is done by then; never more than a
    /// tenth of the deadline. Default: 10 ms.
    /// </summary>
    public TimeSpan Reserve { get; set; } = TimeSpan.FromMilliseconds(10);

    internal TimeSpan ReserveOf(TimeSpan deadline) => Reserve < deadline / 10 ? Reserve : deadline / 10;

    internal int ParallelMaxOf(string service) =>
        ServiceParallelMaxOf.TryGetValue(service, out int max) ? max : ServiceParallelMax;

    internal IEnumerable<string> Faults()
    {
        if (PageParallelMax < 1)
            yield return $"{nameof(PageParallelMax)} must be at least 1, it is {PageParallelMax}.";
        if (ServiceParallelMax < 1)
            yield return $"{nameof(ServiceParallelMax)} must be at least 1, it is {ServiceParallelMax}.";
        foreach ((string service, int max) in ServiceParallelMaxOf)
        {
            if (max < 1)
                yield return $"{nameof(ServiceParallelMaxOf)} {service} must be at least 1, it is {max}.";
        }

        if (Reserve < TimeSpan.Zero)
            yield return $"{nameof(Reserve)} must not be negative, it is {Reserve}.";
    }
}
