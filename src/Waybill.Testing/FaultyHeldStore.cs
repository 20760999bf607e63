using Waybill.Stores;

namespace Waybill.Testing;

internal sealed class FaultyHeldStore(IHeldStore inner, IStoreFaults faults) : IHeldStore
{
    public Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel) =>
        faults.CallAsync(
            "Held.Declare",
            async () =>
            {
                await inner.DeclareAsync(queues, cancel);
                return true;
            });

    public Task<HeldPage> ListAsync(
        NodeAddress queue, HeldFilter filter, HeldPageRequest page, CancellationToken cancel) =>
        faults.CallAsync("Held.List", () => inner.ListAsync(queue, filter, page, cancel));

    public Task<IReadOnlyList<HeldGroup>> GroupAsync(NodeAddress queue, HeldQuery query, CancellationToken cancel) =>
        faults.CallAsync("Held.Group", () => inner.GroupAsync(queue, query, cancel));

    public Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel) =>
        faults.CallAsync("Held.Release", () => inner.ReleaseAsync(release, cancel));

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        faults.CallAsync("Held.Act", () => inner.ActAsync(hops, cancel));

    public Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel) =>
        faults.CallAsync("Held.Amend", () => inner.AmendAsync(amendments, cancel));

    public Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel) =>
        faults.CallAsync("Held.Members", () => inner.MembersAsync(batch, page, cancel));
}
