using Waybill.Postgres.Held;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresHeldStore(
    HeldTables tables, HeldDeclaration declaration, HeldListings queues, HeldReleases releases,
    HeldAmendments amending, PostgresElementStore elements) : IHeldStore
{
    public Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel) =>
        queues.Count == 0 ? Task.CompletedTask : declaration.DeclareAsync(queues, cancel);

    public Task<HeldPage> ListAsync(
        NodeAddress queue, HeldFilter filter, HeldPageRequest page, CancellationToken cancel) =>
        queues.ListAsync(tables.Asked(queue), filter, page, cancel);

    public Task<IReadOnlyList<HeldGroup>> GroupAsync(NodeAddress queue, HeldQuery query, CancellationToken cancel) =>
        queues.GroupAsync(tables.Asked(queue), query, cancel);

    public Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel) =>
        releases.ReleaseAsync(tables.Asked(release.Queue), release, cancel);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        elements.ActAsync(hops, ElementState.Held, cancel);

    public async Task<IReadOnlyList<bool>> AmendAsync(
        IReadOnlyList<Amendment> amendments, CancellationToken cancel) =>
        amendments.Count == 0 ? [] : await amending.AmendAsync(amendments, cancel);

    public Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel) =>
        queues.MembersAsync(batch, page, cancel);
}
