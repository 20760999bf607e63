namespace Waybill.Tracking;

/// <summary>Instants and spans as tracking keeps them: microseconds, instants since 1970-01-01 UTC.</summary>
internal static class Micros
{
    public static long ToMicros(this DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static long ToMicros(this TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(this long micros) =>
        DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    public static TimeSpan ToDuration(this long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
