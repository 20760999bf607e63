namespace Waybill.Services;

/// <summary>
/// What an operation promises, and how calls of it may be carried out. A method without it has all the defaults.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class OperationAttribute : Attribute
{
    /// <summary>
    /// Part of its address: a-z, 0-9, '-' and '.'. Default: the method's name without Async, in kebab case.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// Whether a call that is carried out twice does no more than one. Only such calls are tried again when the service
    /// failed; an asynchronous operation is also asked again when its answer was lost, under an idempotency key that
    /// costs the service's site two commits more. Say yes where a business key does the same. Default: no.
    /// </summary>
    public bool Idempotent { get; init; }

    /// <summary>
    /// How long a call takes at the most, from caller to answer, attempts included. A caller with less time left gives
    /// less. Default: 10,000.
    /// </summary>
    public int DeadlineMs { get; init; } = 10_000;

    /// <summary>
    /// After how long without an answer a second endpoint is asked as well; needs <see cref="Idempotent"/>.
    /// Default: 0, never.
    /// </summary>
    public int HedgeAfterMs { get; init; }

    /// <summary>The promised latency at <see cref="Percentile"/>. Default: 0, none is promised.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Between 0 and 100. Default: 99.</summary>
    public double Percentile { get; init; } = 99;

    /// <summary>
    /// The promised share of calls, in percent, that are answered (a refusal is an answer).
    /// Default: 0, none is promised.
    /// </summary>
    public double Availability { get; init; }
}
