namespace Waybill.Testing;

/// <summary>
/// Time that passes only when told to. Timers fire on the thread that advances it, in the order in which they are due;
/// of those due at the same instant, the one that was set first.
/// </summary>
/// <param name="start">What the wall clock shows at first. Default: the beginning of 2026, UTC.</param>
public sealed class FakeTime(DateTimeOffset? start = null) : TimeProvider
{
    private static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock gate = new();
    private readonly SortedSet<FakeTimer> timers = new(Comparer<FakeTimer>.Create(FakeTimer.Compare));
    private DateTimeOffset wallClock = (start ?? DefaultStart).ToUniversalTime();
    private TimeSpan elapsed;
    private long timersSet;

    /// <summary>UTC.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The ticks of <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How far to advance until the next timer fires; null when no timer is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (gate)
                return timers.Min is { } next ? next.Due - elapsed : null;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return wallClock;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (gate)
            return elapsed.Ticks;
    }

    /// <summary>Lets time pass: the wall clock and the timestamp move together, and timers that are due fire.</summary>
    /// <param name="span">How much. Zero fires what is due at once.</param>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        TimeSpan target;
        lock (gate)
            target = elapsed + span;
        while (TakeDue(target) is { } timer)
            timer.Fire();
    }

    /// <summary>
    /// Sets the wall clock, also backwards, as an administrator or a time server would. No time passes: the timestamp
    /// stays and no timer fires.
    /// </summary>
    /// <param name="now">What it shows from now on.</param>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (gate)
            wallClock = now.ToUniversalTime();
    }

    /// <summary>Sets a timer. One that is due at once fires with the next <see cref="Advance"/>.</summary>
    /// <param name="callback">What it calls, on the thread that advances time.</param>
    /// <param name="state">What it hands over.</param>
    /// <param name="dueTime">When it fires first; infinite for never.</param>
    /// <param name="period">How often after that; zero or infinite for never again.</param>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        FakeTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    // Moves the clocks to the next timer that is due by then, or to the target when there is none.
    private FakeTimer? TakeDue(TimeSpan target)
    {
        lock (gate)
        {
            FakeTimer? next = timers.Min is { } first && first.Due <= target ? first : null;
            TimeSpan passed = (next?.Due ?? target) - elapsed;
            elapsed += passed;
            wallClock += passed;
            if (next is null)
                return null;
            timers.Remove(next);
            if (next.Period > TimeSpan.Zero)
                Set(next, next.Period);
            return next;
        }
    }

    private bool Change(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            if (timer.IsDisposed)
                return false;
            timers.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Set(timer, dueTime);
            return true;
        }
    }

    private void Set(FakeTimer timer, TimeSpan dueTime)
    {
        timer.Due = elapsed + dueTime;
        timer.Number = ++timersSet;
        timers.Add(timer);
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Number { get; set; }

        public bool IsDisposed { get; private set; }

        public static int Compare(FakeTimer one, FakeTimer other) =>
            one.Due != other.Due ? one.Due.CompareTo(other.Due) : one.Number.CompareTo(other.Number);

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => time.Change(this, dueTime, period);

        public void Dispose()
        {
            time.Change(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            IsDisposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
