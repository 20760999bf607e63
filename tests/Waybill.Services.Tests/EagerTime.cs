using Waybill.Testing;

namespace Waybill.Services.Tests;

/// <summary>
/// Fake time in which short waits are over as soon as they begin, so that a test need not know when the code under test
/// begins to wait between two attempts.
/// </summary>
/// <param name="shortMax">What is short. Default: 200 milliseconds.</param>
internal sealed class EagerTime(TimeSpan? shortMax = null) : TimeProvider
{
    private readonly TimeSpan shortMax = shortMax ?? TimeSpan.FromMilliseconds(200);
    private readonly Lock gate = new();
    private readonly FakeTime time = new();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    // One at a time: of two at once, the one that ends last would set the clock back to where it wanted it.
    public void Advance(TimeSpan span)
    {
        lock (gate)
            time.Advance(span);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = time.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= shortMax)
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
