namespace Waybill.Tracking.Folding;

/// <summary>
/// Durations counted in buckets that each are 2 % wider than the one before: percentiles are right to 1 %, and two
/// histograms merge by adding. Holds a few hundred numbers at the most, however many durations it has counted.
/// </summary>
internal sealed class Histogram
{
    private const double Growth = 1.02;
    private static readonly double LogGrowth = Math.Log(Growth);

    // Bucket 0 holds what is shorter than a microsecond.
    private readonly SortedDictionary<int, long> buckets = [];

    public long Count { get; private set; }

    /// <summary>The exact sum, in microseconds.</summary>
    public long Sum { get; private set; }

    public void Add(long microseconds)
    {
        long value = Math.Max(0, microseconds);
        int bucket = value < 1 ? 0 : 1 + (int)Math.Ceiling(Math.Log(value) / LogGrowth);
        buckets[bucket] = buckets.GetValueOrDefault(bucket) + 1;
        Count++;
        Sum += value;
    }

    public void Merge(Histogram other)
    {
        foreach ((int bucket, long count) in other.buckets)
            buckets[bucket] = buckets.GetValueOrDefault(bucket) + count;
        Count += other.Count;
        Sum += other.Sum;
    }

    /// <summary>The duration that a share of all do not exceed, right to 1 %; zero when nothing was counted.</summary>
    /// <param name="share">0.5 for the median.</param>
    public TimeSpan Percentile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        foreach ((int bucket, long count) in buckets)
        {
            rank -= count;
            if (rank <= 0)
                return Middle(bucket);
        }

        return TimeSpan.Zero;
    }

    /// <summary>As stored: sum, then each bucket's distance from the one before and its count, as varints.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write7BitEncodedInt64(Sum);
        int before = 0;
        foreach ((int bucket, long count) in buckets)
        {
            writer.Write7BitEncodedInt(bucket - before);
            writer.Write7BitEncodedInt64(count);
            before = bucket;
        }

        writer.Flush();
        return bytes.ToArray();
    }

    public static Histogram Of(byte[] bytes)
    {
        Histogram histogram = new();
        using MemoryStream stream = new(bytes);
        using BinaryReader reader = new(stream);
        histogram.Sum = reader.Read7BitEncodedInt64();
        for (int bucket = 0; stream.Position < stream.Length;)
        {
            bucket += reader.Read7BitEncodedInt();
            long count = reader.Read7BitEncodedInt64();
            histogram.buckets[bucket] = count;
            histogram.Count += count;
        }

        return histogram;
    }

    public static Histogram Of(IEnumerable<Histogram> parts)
    {
        Histogram whole = new();
        foreach (Histogram part in parts)
            whole.Merge(part);
        return whole;
    }

    // The value whose relative distance to both ends of the bucket is the same.
    private static TimeSpan Middle(int bucket) => bucket == 0
        ? TimeSpan.Zero
        : TimeSpan.FromMicroseconds(2 * Math.Pow(Growth, bucket - 1) / (Growth + 1));
}
