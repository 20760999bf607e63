using Waybill.Tracking.Folding;

namespace Waybill.Tracking;

/// <summary>Durations in figures. Percentiles are right to 1 %, count and mean exactly.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="P50">Half took no longer.</param>
/// <param name="P90">90 % took no longer.</param>
/// <param name="P95">95 % took no longer.</param>
/// <param name="P99">99 % took no longer.</param>
public sealed record DurationFigures(
    long Count, TimeSpan Mean, TimeSpan P50, TimeSpan P90, TimeSpan P95, TimeSpan P99)
{
    internal static DurationFigures Of(Histogram durations) => new(
        durations.Count,
        durations.Count == 0 ? TimeSpan.Zero : (durations.Sum / durations.Count).ToDuration(),
        durations.Percentile(0.5), durations.Percentile(0.9), durations.Percentile(0.95), durations.Percentile(0.99));
}

/// <summary>What happened at a node in an hour.</summary>
/// <param name="Node">The node.</param>
/// <param name="Hour">The hour's beginning.</param>
/// <param name="Arrivals">How often an element became ready there, or was held there.</param>
/// <param name="Completions">How many runs ended without failure.</param>
/// <param name="Retries">How many failed and were to be repeated.</param>
/// <param name="Diverted">How many elements went along its failure route.</param>
/// <param name="Sidelined">How many were sidelined.</param>
/// <param name="Waiting">How long elements waited for a run.</param>
/// <param name="Service">How long runs took that ended in the hour.</param>
/// <param name="Busy">
/// How long runs went on within the hour, all together: divided by an hour and by how many there can be at once, how
/// far the node was used. A run over several hours counts in each with its part, when it has ended.
/// </param>
public sealed record NodeHour(
    NodeAddress Node, DateTimeOffset Hour, long Arrivals, long Completions, long Retries, long Diverted, long Sidelined,
    DurationFigures Waiting, DurationFigures Service, TimeSpan Busy);

/// <summary>What became of a workflow's elements in a day.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Day">The day, UTC.</param>
/// <param name="Accepted">How many were accepted.</param>
/// <param name="Ended">How many ended, by ending; only those that occur.</param>
/// <param name="Duration">From acceptance to the end.</param>
public sealed record WorkflowDay(
    string Workflow, int Version, DateOnly Day, long Accepted, IReadOnlyDictionary<Ending, long> Ended,
    DurationFigures Duration);
