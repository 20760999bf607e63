namespace Waybill;

/// <summary>How long a failed run waits before the next.</summary>
public abstract record Backoff
{
    private Backoff()
    {
    }

    /// <summary>No wait.</summary>
    public static Backoff None { get; } = new FixedBackoff(TimeSpan.Zero);

    /// <summary>The same wait each time.</summary>
    /// <param name="wait">How long.</param>
    public static Backoff Fixed(TimeSpan wait) => new FixedBackoff(NotNegative(wait));

    /// <summary>
    /// Twice as long each time, each wait shortened at random by up to a fifth so that retries spread out.
    /// </summary>
    /// <param name="first">The first wait.</param>
    /// <param name="max">The longest wait; default 5 minutes.</param>
    public static Backoff Exponential(TimeSpan first, TimeSpan? max = null) =>
        new ExponentialBackoff(NotNegative(first), NotNegative(max ?? TimeSpan.FromMinutes(5)));

    /// <summary>The wait after a failed run.</summary>
    /// <param name="attempt">Which run failed, from 1.</param>
    /// <param name="chance">A random number from 0 to 1.</param>
    internal abstract TimeSpan After(int attempt, double chance);

    private static TimeSpan NotNegative(TimeSpan wait) =>
        wait >= TimeSpan.Zero
            ? wait
            : throw new ArgumentOutOfRangeException(nameof(wait), wait, "A wait cannot be negative.");

    private sealed record FixedBackoff(TimeSpan Wait) : Backoff
    {
        internal override TimeSpan After(int attempt, double chance) => Wait;
    }

    private sealed record ExponentialBackoff(TimeSpan First, TimeSpan Max) : Backoff
    {
        internal override TimeSpan After(int attempt, double chance)
        {
            double doublings = Math.Pow(2, Math.Min(attempt - 1, 60));
            double wait = Math.Min(First.TotalMilliseconds * doublings, Max.TotalMilliseconds);
            return TimeSpan.FromMilliseconds(wait * (1 - (0.2 * chance)));
        }
    }
}
