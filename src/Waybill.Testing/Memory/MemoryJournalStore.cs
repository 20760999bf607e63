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

    public Task<IReadOnlyList<JournalEntry>> HistoryAsync(ElementId element, int max, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<JournalEntry>>(
            () => [.. state.Journal.Where(entry => entry.Element == element).Take(max)], cancel);

    public Task<long> CountAsync(CancellationToken cancel) => state.RunAsync(() => (long)state.Journal.Count, cancel);

    public Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                int old = state.Journal.TakeWhile(entry => entry.At < before).Take(max).Count();
                state.Journal.RemoveRange(0, old);
                return old;
            },
            cancel);

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
