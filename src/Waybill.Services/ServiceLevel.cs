namespace Waybill.Services;

/// <summary>
/// How the calls of one operation by one caller went in the last five minutes, as seen from one side, beside what was
/// promised.
/// </summary>
/// <param name="Side">Who measured.</param>
/// <param name="Caller">Who called: a service, or a program.</param>
/// <param name="Service">What was called: <c>inventory:1</c>.</param>
/// <param name="Operation">Which operation.</param>
/// <param name="Calls">How many.</param>
/// <param name="Refused">How many of them were answered with a no.</param>
/// <param name="Failed">How many of them were not answered.</param>
/// <param name="Percentile">The percentile of the two latencies.</param>
/// <param name="LatencyMs">The latency at it, right to 5 %.</param>
/// <param name="LatencyPromisedMs">What was promised; null when nothing was.</param>
/// <param name="AvailabilityPromised">The promised share of answers in percent; null when nothing was promised.</param>
public sealed record ServiceLevel(
    CallSide Side,
    string Caller,
    string Service,
    string Operation,
    long Calls,
    long Refused,
    long Failed,
    double Percentile,
    double LatencyMs,
    double? LatencyPromisedMs,
    double? AvailabilityPromised)
{
    // A bucket's upper bound may be this much above every latency in it.
    private const double Tolerance = 1.05;

    /// <summary>The share of calls that were answered, in percent.</summary>
    public double Availability => Calls == 0 ? 100 : 100.0 * (Calls - Failed) / Calls;

    /// <summary>Whether the promised latency was kept; null when none was promised.</summary>
    public bool? IsLatencyKept => LatencyPromisedMs is { } promised ? LatencyMs <= promised * Tolerance : null;

    /// <summary>Whether the promised availability was kept; null when none was promised.</summary>
    public bool? IsAvailabilityKept => AvailabilityPromised is { } promised ? Availability >= promised : null;

    /// <summary>Whether any promise was broken.</summary>
    public bool IsBroken => IsLatencyKept == false || IsAvailabilityKept == false;
}
