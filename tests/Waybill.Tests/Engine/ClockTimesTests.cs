using System.Globalization;
using Waybill.Definition;

namespace Waybill.Tests.Engine;

public sealed class ClockTimesTests
{
    // Forward from 02:00 to 03:00 on the last Sunday of March, back from 03:00 to 02:00 on the last one of October.
    private static readonly TimeZoneInfo Summery = TimeZoneInfo.CreateCustomTimeZone(
        "Summery", TimeSpan.FromHours(1), "Summery", "Standard", "Summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(
                    new DateTime(1, 1, 1, 2, 0, 0, DateTimeKind.Unspecified), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(
                    new DateTime(1, 1, 1, 3, 0, 0, DateTimeKind.Unspecified), 10, 5, DayOfWeek.Sunday)),
        ]);

    [Theory]
    [InlineData("2026-03-10T16:29:59Z", "2026-03-10T16:30:00Z")]
    [InlineData("2026-03-10T16:30:00Z", "2026-03-11T16:30:00Z")]
    [InlineData("2026-07-10T10:00:00Z", "2026-07-10T15:30:00Z")]
    [InlineData("2026-12-31T23:00:00Z", "2027-01-01T16:30:00Z")]
    public void A_time_comes_once_a_day_by_the_clock_on_the_wall(string now, string next) =>
        Assert.Equal(At(next), Times(new TimeOnly(17, 30)).NextAfter(At(now)));

    [Fact]
    public void A_time_that_the_clock_skips_comes_at_the_jump()
    {
        ClockTimes skipped = Times(new TimeOnly(2, 30));

        Assert.Equal(At("2026-03-29T01:00:00Z"), skipped.NextAfter(At("2026-03-28T12:00:00Z")));
        Assert.Equal(At("2026-03-30T00:30:00Z"), skipped.NextAfter(At("2026-03-29T01:00:00Z")));
    }

    [Fact]
    public void A_time_that_the_clock_repeats_comes_the_first_time()
    {
        ClockTimes repeated = Times(new TimeOnly(2, 30));

        Assert.Equal(At("2026-10-25T00:30:00Z"), repeated.NextAfter(At("2026-10-24T12:00:00Z")));
        Assert.Equal(At("2026-10-26T01:30:00Z"), repeated.NextAfter(At("2026-10-25T00:30:00Z")));
    }

    [Fact]
    public void The_last_time_that_has_come_is_found_also_the_day_before()
    {
        ClockTimes times = Times(new TimeOnly(9, 0), new TimeOnly(17, 30));

        Assert.Equal(At("2026-01-05T16:30:00Z"), times.LastUntil(At("2026-01-06T07:59:59Z")));
        Assert.Equal(At("2026-01-06T08:00:00Z"), times.LastUntil(At("2026-01-06T08:00:00Z")));
    }

    private static ClockTimes Times(params TimeOnly[] times) => new(Summery, times);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
