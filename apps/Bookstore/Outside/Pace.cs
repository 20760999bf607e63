namespace Bookstore.Outside;

/// <summary>How long things take in the simulated world.</summary>
/// <param name="speed">How many times as fast as life; 0 for no time at all.</param>
/// <param name="time">The clock.</param>
public sealed class Pace(double speed, TimeProvider time)
{
    public TimeSpan Of(TimeSpan inLife) => speed <= 0 ? TimeSpan.Zero : inLife / speed;

    public Task TakeAsync(TimeSpan inLife, CancellationToken cancel)
    {
        TimeSpan span = Of(inLife);
        return span <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(span, time, cancel);
    }
}
