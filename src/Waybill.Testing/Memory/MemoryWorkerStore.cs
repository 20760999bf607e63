using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryWorkerStore(MemoryState state) : IWorkerStore
{
    private long lastEpoch;

    public Task<WorkerEpoch> RegisterAsync(string name, TimeSpan lease, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                state.Workers.Add(++lastEpoch, new MemoryWorker { Name = name, LeaseUntil = state.Now + lease });
                return new WorkerEpoch(lastEpoch);
            },
            cancel);

    public Task<bool> RenewAsync(WorkerEpoch epoch, TimeSpan lease, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                if (!state.Workers.TryGetValue(epoch.Value, out MemoryWorker? worker))
                    return false;
                worker.LeaseUntil = state.Now + lease;
                return true;
            },
            cancel);

    public async Task<int> ReclaimAsync(int max, CancellationToken cancel)
    {
        await state.RunAsync(EndOverdue, cancel);
        return await state.RunAsync(() => ReturnOrphans(max), cancel);
    }

    public Task LeaveAsync(WorkerEpoch epoch, CancellationToken cancel) =>
        state.RunAsync(() => state.Workers.Remove(epoch.Value), cancel);

    public Task<IReadOnlyList<WorkerRecord>> ListAsync(CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<WorkerRecord>>(
            () =>
            [
                .. state.Workers.Select(entry => new WorkerRecord(
                    new WorkerEpoch(entry.Key), entry.Value.Name, entry.Value.LeaseUntil,
                    state.Queues.OwnedBy(new WorkerEpoch(entry.Key)).Count)),
            ],
            cancel);

    private int EndOverdue()
    {
        List<long> overdue = [];
        overdue.AddRange(state.Workers.Where(entry => entry.Value.LeaseUntil <= state.Now).Select(entry => entry.Key));
        foreach (long epoch in overdue)
            state.Workers.Remove(epoch);
        return overdue.Count;
    }

    private int ReturnOrphans(int max)
    {
        IReadOnlyList<MemoryElement> orphans = state.Queues.Orphans(state.IsLive, max);
        foreach (MemoryElement element in orphans)
        {
            // Handed on in memory since the claim: whether a run had begun at the new node is not known, so one counts.
            bool wasHandedOn = element.Place.Hop != element.Hop;
            state.Queues.Put(element, element.Returned(wasHandedOn ? 1 : element.Place.Attempts));
        }

        return orphans.Count;
    }
}
