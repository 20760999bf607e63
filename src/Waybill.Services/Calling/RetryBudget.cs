namespace Waybill.Services.Calling;

/// <summary>
/// How many further attempts the calls of a service may make: one for ten calls, and one a second, ten saved up at
/// the most. So that a service in trouble gets at most a tenth more to do. Thread-safe.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    private const double Max = 10;
    private const double PerCall = 0.1;

    private readonly Lock gate = new();
    private double tokens = Max;
    private long filledAt = time.GetTimestamp();

    public void CallBegan()
    {
        lock (gate)
            tokens = Math.Min(Max, tokens + PerCall);
    }

    public bool TryTake()
    {
        lock (gate)
        {
            long now = time.GetTimestamp();
            tokens = Math.Min(Max, tokens + time.GetElapsedTime(filledAt, now).TotalSeconds);
            filledAt = now;
            if (tokens < 1)
                return false;
            tokens--;
            return true;
        }
    }
}
