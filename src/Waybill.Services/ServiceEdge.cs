namespace Waybill.Services;

/// <summary>
/// That one service or program called another in the last five minutes: an edge of the graph of services.
/// </summary>
/// <param name="Caller">Who called.</param>
/// <param name="Service">What was called: <c>inventory:1</c>.</param>
/// <param name="Calls">How many times.</param>
/// <param name="Failed">How many of them were not answered.</param>
/// <param name="LatencyMs">The latency that 99 % of the calls stayed within.</param>
/// <param name="IsPromiseBroken">Whether a promise of any operation was broken for this caller.</param>
public sealed record ServiceEdge(
    string Caller, string Service, long Calls, long Failed, double LatencyMs, bool IsPromiseBroken);
