namespace Waybill.Services.Measuring;

/// <summary>
/// Latencies in buckets that grow by 5 %, from a tenth of a millisecond to some minutes. Those of several processes are
/// merged by adding. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const double SmallestMs = 0.1;
    private const double Growth = 1.05;
    private const int Buckets = 300;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly int[] counts = new int[Buckets];

    public long Count { get; private set; }

    public void Add(TimeSpan latency) => Add(BucketOf(latency.TotalMilliseconds), 1);

    public void Add(LatencyHistogram other)
    {
        for (int bucket = 0; bucket < Buckets; bucket++)
            Add(bucket, other.counts[bucket]);
    }

    /// <summary>
    /// The latency in milliseconds that this share of calls stayed within, right to 5 %; zero without calls.
    /// </summary>
    /// <param name="percentile">Between 0 and 100.</param>
    public double At(double percentile)
    {
        double rank = Count * percentile / 100;
        long seen = 0;
        for (int bucket = 0; bucket < Buckets && Count > 0; bucket++)
        {
            seen += counts[bucket];
            if (seen >= rank && seen > 0)
                return UpperBound(bucket);
        }

        return 0;
    }

    public void Clear()
    {
        Array.Clear(counts);
        Count = 0;
    }

    /// <summary>Bucket and count in turn, of those that hold something.</summary>
    public int[] ToPairs() =>
        [.. counts.Index().Where(bucket => bucket.Item > 0).SelectMany(bucket => new[] { bucket.Index, bucket.Item })];

    public static LatencyHistogram FromPairs(IReadOnlyList<int> pairs)
    {
        LatencyHistogram histogram = new();
        for (int i = 0; i + 1 < pairs.Count; i += 2)
            histogram.Add(Math.Clamp(pairs[i], 0, Buckets - 1), Math.Max(0, pairs[i + 1]));
        return histogram;
    }

    private void Add(int bucket, int count)
    {
        counts[bucket] += count;
        Count += count;
    }

    private static int BucketOf(double milliseconds) =>
        milliseconds <= SmallestMs
            ? 0
            : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log(milliseconds / SmallestMs) / LogGrowth));

    private static double UpperBound(int bucket) => SmallestMs * Math.Pow(Growth, bucket);
}
