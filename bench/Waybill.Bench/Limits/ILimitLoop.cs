namespace Waybill.Bench.Limits;

/// <summary>
/// A store without Waybill's engine: elements of 1 KB that are moved, batch by batch, as fast as they can be.
/// </summary>
internal interface ILimitLoop : IDisposable
{
    /// <summary>
    /// Moves elements in one durable transaction: each row updated in place, and a journal row for each.
    /// </summary>
    /// <param name="batch">Which, from 0.</param>
    /// <param name="hop">How often they have been moved before.</param>
    /// <param name="data">The data to write.</param>
    void Move(ReadOnlySpan<int> batch, int hop, HopData data);
}
