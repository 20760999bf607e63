using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryRecordStore(MemoryState state) : IRecordStore
{
    // By the number of their creation, which is the revision that they had then.
    private readonly SortedDictionary<long, StoredRecord> records = [];
    private readonly Dictionary<RecordKey, long> numbers = [];
    private long lastRevision;

    public Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                RecordRules.Check(writes);
                if (writes.Any(write => write.Expected is { } expected && expected != RevisionOf(write.Key)))
                    return false;
                foreach (RecordWrite write in writes)
                    Write(write);
                return true;
            },
            cancel);

    public Task<IReadOnlyList<StoredRecord?>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<StoredRecord?>>(
            () =>
            {
                RecordRules.Check(keys);
                return [.. keys.Select(Find)];
            },
            cancel);

    public Task<Page<StoredRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancel) =>
        state.RunAsync(() => page.Cut(Matching(filter), row => row.Key, row => row.Value), cancel);

    public Task<long> CountAsync(RecordFilter filter, CancellationToken cancel) =>
        state.RunAsync(() => Matching(filter).LongCount(), cancel);

    public Task<int> PurgeAsync(int max, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                RecordKey[] over =
                    [.. records.Values.Where(record => !IsKept(record)).Take(max).Select(record => record.Key)];
                foreach (RecordKey key in over)
                    Forget(key);
                return over.Length;
            },
            cancel);

    private void Write(RecordWrite write)
    {
        StoredRecord? before = Find(write.Key);
        if (before is null || write.Value is null)
            Forget(write.Key);
        if (write.Value is not { } value)
            return;
        long revision = ++lastRevision;
        numbers.TryAdd(write.Key, revision);
        records[numbers[write.Key]] = new StoredRecord(
            write.Key, value.ToArray(), revision, before?.CreatedAt ?? state.Now, state.Now, state.Now + write.KeepFor);
    }

    private void Forget(RecordKey key)
    {
        if (numbers.Remove(key, out long number))
            records.Remove(number);
    }

    private StoredRecord? Find(RecordKey key) =>
        numbers.TryGetValue(key, out long number) && IsKept(records[number]) ? records[number] : null;

    private long RevisionOf(RecordKey key) => Find(key)?.Revision ?? 0;

    private bool IsKept(StoredRecord record) => record.KeptUntil is null || record.KeptUntil > state.Now;

    private IEnumerable<KeyValuePair<long, StoredRecord>> Matching(RecordFilter filter)
    {
        RecordRules.Check(filter);
        return records.Where(row =>
            IsKept(row.Value)
            && row.Value.Key.Kind == filter.Kind
            && row.Value.Key.Name.StartsWith(filter.NamePrefix ?? "", StringComparison.Ordinal)
            && (filter.CreatedFrom is null || row.Value.CreatedAt >= filter.CreatedFrom)
            && (filter.CreatedBefore is null || row.Value.CreatedAt < filter.CreatedBefore));
    }
}
