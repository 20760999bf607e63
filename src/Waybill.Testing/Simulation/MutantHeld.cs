using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>Releases and amendments with a bug put in.</summary>
internal sealed class MutantHeld(MemoryStore store, Mutation mutation) : HeldLayer(store.Held)
{
    public override async Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel)
    {
        if (mutation == Mutation.ReleaseIgnoresGate)
            return await Inner.ReleaseAsync(release with { Gate = null }, cancel);
        HeldReleased released = await Inner.ReleaseAsync(release, cancel);
        if (mutation == Mutation.ReleaseTakesMember && released.Status == HeldReleaseStatus.Released)
            TakeFromAnother(release.Batch.Id);
        return released;
    }

    public override Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel)
    {
        if (mutation != Mutation.SkipRevisionFence)
            return Inner.AmendAsync(amendments, cancel);
        return Inner.AmendAsync([.. amendments.Select(AtPresentRevision)], cancel);
    }

    private Amendment AtPresentRevision(Amendment amendment) =>
        store.State.Find(amendment.Key) is { } element
            ? amendment with { Revision = element.Revision }
            : amendment;

    private void TakeFromAnother(ElementId batch)
    {
        MemoryElement? taken = store.State.Elements.Values.FirstOrDefault(element =>
            element.Place.Batch is { } other && other != batch);
        if (taken is null)
            return;
        taken.Hop++;
        taken.ArrivedHop = taken.Hop;
        store.State.Queues.Put(taken, taken.Place with { Hop = taken.Hop, Batch = batch });
        store.State.Write(JournalKind.Batched, taken, JournalDetail.Batched(batch));
    }
}
