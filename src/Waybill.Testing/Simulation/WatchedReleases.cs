using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// Watches every release and amendment where it reaches the store: a gate is true of what is held there.
/// </summary>
internal sealed class WatchedReleases(World world, IHeldStore inner) : HeldLayer(inner)
{
    public override async Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel)
    {
        MemoryHeldRow[] held =
        [
            .. world.Store.State.Elements.Values
                .Where(element => element.Place.State == ElementState.Held && element.Node == release.Queue)
                .Select(element => element.Held!)
                .Where(held => release.Filter.Group is null || held.Row.Group == release.Filter.Group),
        ];
        HeldReleased released = await Inner.ReleaseAsync(release, cancel);
        if (released.Status != HeldReleaseStatus.Released)
        {
            world.Met(released.Status == HeldReleaseStatus.GateClosed ? Occasion.GateClosed : Occasion.NothingHeld);
            return released;
        }

        world.Met(OccasionOf(release));
        world.Waves.Released(release, released.Members);
        if (!IsTrue(release, held))
            world.Violated($"a wave was released {release.Note.By}, with {held.Length} held");
        return released;
    }

    public override async Task<IReadOnlyList<bool>> AmendAsync(
        IReadOnlyList<Amendment> amendments, CancellationToken cancel)
    {
        IReadOnlyList<bool> amended = await Inner.AmendAsync(amendments, cancel);
        foreach ((Amendment amendment, bool isAmended) in amendments.Zip(amended))
        {
            if (isAmended)
                world.Waves.Amended(amendment.Id, amendment.Data);
            else
                world.Met(Occasion.FenceHeld);
        }

        return amended;
    }

    private static Occasion OccasionOf(HeldRelease release)
    {
        if (release.Note.By == Clients.Operator.Name || release.Gate is not { } gate)
            return Occasion.ReleasedByPerson;
        return gate.OldestAt is null ? Occasion.ReleasedByCount : Occasion.ReleasedByAge;
    }

    private bool IsTrue(HeldRelease release, MemoryHeldRow[] held)
    {
        if (release.Note.By == Clients.Operator.Name || release.Gate is not { } gate)
            return held.Length > 0;
        // The clock may have been set back since the rule was asked.
        return gate.OldestAt is { } oldest
            ? held.Any(row => row.At <= oldest && row.At <= world.LatestStoreTime - Trips.OldestRule)
            : held.Length >= Trips.CountRule;
    }
}
