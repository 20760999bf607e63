namespace Waybill.Engine;

/// <summary>A token bucket: holds at most the limit's number of runs, refills evenly. Not thread-safe.</summary>
internal sealed class TokenBucket(RateLimit limit, TimeProvider time)
{
    private double tokens = limit.Runs;
    private long filledAt = time.GetTimestamp();

    /// <summary>Takes up to so many tokens; zero when none is there.</summary>
    public int Take(int max)
    {
        long now = time.GetTimestamp();
        double refill = time.GetElapsedTime(filledAt, now) / limit.Per * limit.Runs;
        tokens = Math.Min(limit.Runs, tokens + refill);
        filledAt = now;
        int taken = (int)Math.Min(max, tokens);
        tokens -= taken;
        return taken;
    }

    /// <summary>How long until a token is there. A tick more, since one too early finds it not quite whole.</summary>
    public TimeSpan UntilNext() =>
        tokens >= 1 ? TimeSpan.Zero : (limit.Per * ((1 - tokens) / limit.Runs)) + TimeSpan.FromTicks(1);
}
