using Waybill.Stores;

namespace Waybill.Testing;

internal sealed class FaultyRecordStore(IRecordStore inner, IStoreFaults faults) : IRecordStore
{
    public Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel) =>
        faults.CallAsync("Records.Write", () => inner.WriteAsync(writes, cancel));

    public Task<IReadOnlyList<StoredRecord?>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel) =>
        faults.CallAsync("Records.Read", () => inner.ReadAsync(keys, cancel));

    public Task<Page<StoredRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancel) =>
        faults.CallAsync("Records.List", () => inner.ListAsync(filter, page, cancel));

    public Task<long> CountAsync(RecordFilter filter, CancellationToken cancel) =>
        faults.CallAsync("Records.Count", () => inner.CountAsync(filter, cancel));

    public Task<int> PurgeAsync(int max, CancellationToken cancel) =>
        faults.CallAsync("Records.Purge", () => inner.PurgeAsync(max, cancel));
}
