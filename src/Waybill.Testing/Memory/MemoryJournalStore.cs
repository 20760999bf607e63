using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryJournalStore(MemoryState state) : IJournalStore
{
    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalPosition after, int max, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<JournalEntry>>(
            () =>
            {
                int begin = IndexBehind(after);
                return state.Journal.GetRange(begin, Math.Min(max, state.Journal.Count - begin));
            },
            cancel);

    public Task<JournalPosition> EndAsync(CancellationToken cancel) =>
        state.RunAsync(() => state.Journal.Count == 0 ? default : state.Journal[^1].Position, cancel);

    public Task<HistoryPage> HistoryAsync(HistoryFilter filter, HistoryPageRequest page, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                int behind = page.NewestFirst ? -1 : 1;
                IEnumerable<JournalEntry> rows = HistoryOf(filter)
                    .Where(row => page.After is not { } end || Math.Sign(row.Position.CompareTo(end)) == behind);
                if (page.NewestFirst)
                    rows = rows.Reverse();
                return HistoryPage.Cut([.. rows.Take(page.Size + 1)], page.Size);
            },
            cancel);

    public Task<long> CountHistoryAsync(HistoryFilter filter, CancellationToken cancel) =>
        state.RunAsync(() => HistoryOf(filter).LongCount(), cancel);

    public Task<long> CountAfterAsync(JournalPosition after, CancellationToken cancel) =>
        state.RunAsync(() => (long)(state.Journal.Count - IndexBehind(after)), cancel);

    public Task<long> CountAsync(CancellationToken cancel) => state.RunAsync(() => (long)state.Journal.Count, cancel);

    public Task<JournalPosition> OpenReaderAsync(string reader, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                if (!state.Readers.ContainsKey(reader))
                    state.Readers.Add(reader, new JournalReader(reader, default, state.Now));
                return state.Readers[reader].Acknowledged;
            },
            cancel);

    public Task AcknowledgeAsync(string reader, JournalPosition position, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                if (state.Readers.TryGetValue(reader, out JournalReader? found)
                    && position.CompareTo(found.Acknowledged) > 0)
                    state.Readers[reader] = found with { Acknowledged = position };
                return true;
            },
            cancel);

    public Task<IReadOnlyList<JournalReader>> ReadersAsync(CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<JournalReader>>(() => [.. state.Readers.Values], cancel);

    public Task RemoveReaderAsync(string reader, CancellationToken cancel) =>
        state.RunAsync(() => state.Readers.Remove(reader), cancel);

    public Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                int old = state.Journal.TakeWhile(entry => entry.At < before && IsDone(entry)).Take(max).Count();
                state.Journal.RemoveRange(0, old);
                return old;
            },
            cancel);

    private IEnumerable<JournalEntry> HistoryOf(HistoryFilter filter) => state.Journal.Where(
        entry => entry.Element == filter.Element && (filter.Kind is null || entry.Kind == filter.Kind));

    private bool IsDone(JournalEntry entry) =>
        state.Readers.Values.All(reader => entry.Position.CompareTo(reader.Acknowledged) <= 0);

    private int IndexBehind(JournalPosition after)
    {
        int low = 0;
        int high = state.Journal.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (state.Journal[middle].Position.CompareTo(after) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
