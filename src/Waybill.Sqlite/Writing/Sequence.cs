using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Writing;

/// <summary>
/// Numbers journal rows, and with them elements, tickets and positions in lines. Grows for ever: numbers are reserved
/// in blocks, so none is given out twice, not even after a crash or when all rows that had it are gone.
/// </summary>
internal sealed class Sequence(Database database)
{
    private const int Block = 100_000;

    private readonly Statement reserve = database.Keep(
        "UPDATE counter SET value = MAX(value, ?1) + ?2 WHERE name = 'number' RETURNING value");

    private long last;
    private long reserved;

    public long Next()
    {
        if (last == reserved)
            Reserve();
        return ++last;
    }

    /// <summary>The transaction in which the block was reserved may have been rolled back.</summary>
    public void ForgetReservation() => reserved = last;

    private void Reserve()
    {
        reserve.Bind(1, last).Bind(2, Block).Read();
        reserved = reserve.Long(0);
        reserve.Reset();
        last = reserved - Block;
    }
}
