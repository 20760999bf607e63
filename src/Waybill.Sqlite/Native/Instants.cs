namespace Waybill.Sqlite.Native;

/// <summary>Instants and spans as the database keeps them: microseconds, instants since 1970-01-01 UTC.</summary>
internal static class Instants
{
    public static long ToMicroseconds(this DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static long ToMicroseconds(this TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToInstant(this long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static TimeSpan ToSpan(this long microseconds) => new(microseconds * TimeSpan.TicksPerMicrosecond);
}
