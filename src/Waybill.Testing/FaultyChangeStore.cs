using Waybill.Stores;

namespace Waybill.Testing;

internal sealed class FaultyChangeStore(IChangeStore inner, IStoreFaults faults) : IChangeStore
{
    public Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel) =>
        faults.CallAsync("Changes.Request", () => inner.RequestAsync(change, cancel));

    public Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only, int max, CancellationToken cancel) =>
        faults.CallAsync("Changes.Pending", () => inner.PendingAsync(only, max, cancel));

    public Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel) =>
        faults.CallAsync("Changes.Resolve", () => inner.ResolveAsync(resolutions, cancel));

    public Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel) =>
        faults.CallAsync("Changes.Withdraw", () => inner.WithdrawAsync(change, cancel));

    public Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel) =>
        faults.CallAsync("Changes.Find", () => inner.FindAsync(change, cancel));

    public Task<Page<ChangeRecord>> ListAsync(ChangeFilter filter, PageRequest page, CancellationToken cancel) =>
        faults.CallAsync("Changes.List", () => inner.ListAsync(filter, page, cancel));

    public Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(ChangeFilter filter, CancellationToken cancel) =>
        faults.CallAsync("Changes.Count", () => inner.CountAsync(filter, cancel));
}
