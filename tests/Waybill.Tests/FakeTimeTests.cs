using Waybill.Testing;

namespace Waybill.Tests;

public sealed class FakeTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private readonly FakeTime time = new(Start);
    private readonly List<string> fired = [];

    [Fact]
    public void Time_stands_still_until_it_is_advanced()
    {
        long begun = time.GetTimestamp();

        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(Start.AddSeconds(90), time.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(90), time.GetElapsedTime(begun));
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_at_their_own_instants()
    {
        Set("late", dueSeconds: 9);
        Set("early", dueSeconds: 2);
        Set("early too", dueSeconds: 2);

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["early at 2", "early too at 2", "late at 9"], fired);
    }

    [Fact]
    public void A_timer_fires_once_for_each_period_that_passed()
    {
        Set("tick", dueSeconds: 1, periodSeconds: 3);

        time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal(["tick at 1", "tick at 4", "tick at 7"], fired);
        Assert.Equal(TimeSpan.FromSeconds(2), time.UntilNextTimer);
    }

    [Fact]
    public void A_timer_that_a_callback_sets_fires_in_the_same_advance_when_it_is_due()
    {
        using ITimer first = time.CreateTimer(
            _ => Set("second", dueSeconds: 1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["second at 2"], fired);
    }

    [Fact]
    public void A_disposed_timer_does_not_fire()
    {
        Set("never", dueSeconds: 1).Dispose();

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(fired);
        Assert.Null(time.UntilNextTimer);
    }

    [Fact]
    public void A_wall_clock_that_is_set_back_neither_delays_nor_fires_timers()
    {
        Set("tick", dueSeconds: 5);
        time.Advance(TimeSpan.FromSeconds(3));

        time.SetUtcNow(Start.AddHours(-1));
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(fired);
        Assert.Equal(Start.AddHours(-1).AddSeconds(2), time.GetUtcNow());
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_platform_follow_it()
    {
        Task delay = Task.Delay(TimeSpan.FromMinutes(1), time);
        using CancellationTokenSource timeout = new(TimeSpan.FromMinutes(2), time);

        time.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.False(timeout.IsCancellationRequested);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(timeout.IsCancellationRequested);
    }

    private ITimer Set(string name, int dueSeconds, int? periodSeconds = null) => time.CreateTimer(
        _ => fired.Add($"{name} at {(time.GetUtcNow() - Start).TotalSeconds}"),
        null,
        TimeSpan.FromSeconds(dueSeconds),
        periodSeconds is { } period ? TimeSpan.FromSeconds(period) : Timeout.InfiniteTimeSpan);
}
