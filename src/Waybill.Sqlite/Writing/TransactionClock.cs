using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Writing;

/// <summary>The instant at which the running item of work takes place: one for all that it writes.</summary>
internal sealed class TransactionClock(TimeProvider time)
{
    /// <summary>In microseconds since 1970-01-01 UTC.</summary>
    public long Now { get; private set; }

    public void Look() => Now = time.GetUtcNow().ToMicroseconds();
}
