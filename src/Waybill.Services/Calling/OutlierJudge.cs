namespace Waybill.Services.Calling;

/// <summary>
/// Ejects endpoints that do much worse than their peers: they break more often, or take longer. A circuit breaker sees
/// neither the slow one nor the one that fails a third of the time.
/// </summary>
internal static class OutlierJudge
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan EjectionStep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LatencyDifferenceMin = TimeSpan.FromMilliseconds(20);

    private const int EjectionStepsMax = 10;
    private const double BrokenShareMin = 0.2;
    private const double TimesWorse = 4;

    /// <summary>Judges what was seen since the last time. At most half of the endpoints are ejected at once.</summary>
    public static void JudgeOnce(IReadOnlyList<Endpoint> endpoints)
    {
        (Endpoint Endpoint, EndpointRecord.Seen Seen)[] judged =
        [
            .. endpoints.Select(endpoint => (endpoint, endpoint.Seen.Take()))
                .Where(seen => seen.Item2.Attempts >= Endpoint.AttemptsMin),
        ];
        int room = (endpoints.Count / 2) - endpoints.Count(endpoint => endpoint.IsEjected);
        foreach ((Endpoint endpoint, EndpointRecord.Seen seen) in judged.OrderByDescending(one => one.Seen.BrokenShare))
        {
            EndpointRecord.Seen[] peers = [.. judged.Where(one => one.Endpoint != endpoint).Select(one => one.Seen)];
            if (peers.Length == 0 || !IsWorse(seen, peers))
            {
                endpoint.Acquit();
            }
            else if (room > 0)
            {
                endpoint.Eject(EjectionStep * Math.Min(endpoint.Ejections + 1, EjectionStepsMax));
                room--;
            }
        }
    }

    private static bool IsWorse(EndpointRecord.Seen seen, EndpointRecord.Seen[] peers)
    {
        double broken = peers.Average(peer => peer.BrokenShare);
        TimeSpan latency = Middle(peers.Select(peer => peer.MeanLatency));
        bool breaksMore = seen.BrokenShare >= BrokenShareMin && seen.BrokenShare >= broken * TimesWorse;
        bool isSlower = seen.MeanLatency >= latency * TimesWorse
            && seen.MeanLatency - latency >= LatencyDifferenceMin;
        return breaksMore || isSlower;
    }

    private static TimeSpan Middle(IEnumerable<TimeSpan> latencies)
    {
        TimeSpan[] sorted = [.. latencies.Order()];
        return sorted[sorted.Length / 2];
    }
}
