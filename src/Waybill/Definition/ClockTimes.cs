namespace Waybill.Definition;

/// <summary>
/// Times of the day in a time zone. Each comes once a day: one that the clock skips comes at the moment when the clock
/// jumps over it, one that the clock repeats comes the first time.
/// </summary>
internal sealed class ClockTimes(TimeZoneInfo zone, IReadOnlyList<TimeOnly> times)
{
    public TimeZoneInfo Zone => zone;

    public IReadOnlyList<TimeOnly> Times => times;

    /// <summary>The last time that has come, at this instant at the latest.</summary>
    public DateTimeOffset LastUntil(DateTimeOffset now) => Around(now).Where(instant => instant <= now).Max();

    /// <summary>The next time to come.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset now) => Around(now).Where(instant => instant > now).Min();

    public override string ToString() => $"{string.Join(", ", times.Select(time => $"{time:HH\\:mm\\:ss}"))} {zone.Id}";

    // A zone can skip a whole day, so the days beside the present one are not always enough.
    private IEnumerable<DateTimeOffset> Around(DateTimeOffset now)
    {
        DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return
            from days in Enumerable.Range(-2, 5)
            from time in times
            select Instant(today.AddDays(days).ToDateTime(time));
    }

    private DateTimeOffset Instant(DateTime local)
    {
        if (zone.IsAmbiguousTime(local))
            return new DateTimeOffset(local, zone.GetAmbiguousTimeOffsets(local).Max());
        if (!zone.IsInvalidTime(local))
            return new DateTimeOffset(local, zone.GetUtcOffset(local));

        // Clocks jump at full minutes: the first minute that is there again is the moment of the jump.
        DateTime there = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
        while (zone.IsInvalidTime(there))
            there = there.AddMinutes(1);
        return new DateTimeOffset(there, zone.GetUtcOffset(there));
    }
}
