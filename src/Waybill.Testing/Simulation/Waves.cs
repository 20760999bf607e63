using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>Which element went with which wave, and whether it came out of it as that wave's plan says.</summary>
internal sealed class Waves(World world)
{
    private readonly Dictionary<ElementId, List<Membership>> memberships = [];

    /// <summary>Notes the members of a wave that was just released, and that they are in no other one.</summary>
    public void Released(HeldRelease release, int members)
    {
        MemoryElement wave = world.Store.State.Find(ElementRef.Of(release.Batch.Id))!;
        IReadOnlyList<MemoryElement> found = [.. world.Store.State.Queues.MembersOf(wave.Id)];
        world.Trace($"  wave {World.NumberOf(wave.Id)} {release.Note.By}: "
            + string.Join(' ', found.Select(member => World.NumberOf(member.Id))));
        if (found.Count != members || members > release.Max)
            world.Violated($"wave {World.NumberOf(wave.Id)} was told to have {members} members, has {found.Count}");
        foreach (MemoryElement member in found)
        {
            if (!memberships.TryGetValue(member.Id, out List<Membership>? known))
                memberships.Add(member.Id, known = []);
            known.Add(new Membership(wave.Id, Trip.Read(wave.Data).Plan, member.Hop));
        }
    }

    /// <summary>The wave of which a journal row says that it took the element along.</summary>
    public ElementId? WaveAt(ElementId member, int hop) =>
        memberships.GetValueOrDefault(member)?.Find(membership => membership.Hop == hop)?.Wave;

    /// <summary>A member goes on after its wave.</summary>
    public void Unpacked(Element<Trip> member, Replies<int> replies)
    {
        Membership? last = memberships.GetValueOrDefault(member.Id)?.FindLast(known => known.Hop <= member.Hop);
        bool isRight = last is not null && replies.Count == 1 && IsRight(last.Plan, member.Id, replies[0]);
        if (isRight)
            return;
        string told = string.Join(", ", replies.Select(reply => $"{reply.Ending} {reply.Result} {reply.Reason}"));
        world.Violated($"{World.NumberOf(member.Id)} came out of wave {last?.Wave} with {told}");
    }

    private static bool IsRight(int plan, ElementId member, Reply<int> reply)
    {
        long number = World.NumberOf(member);
        if (reply.Ending is Ending.Cancelled or Ending.Dropped)
            return true;
        return Plan.FateOf(plan, number) switch
        {
            MemberFate.IsDoneEarly => reply.Ending == Ending.Finished
                && reply.Value == Plan.MemberResultOf(plan, number),
            MemberFate.Fails => reply.Ending == Ending.Failed && reply.Reason == "as planned for it",
            _ when Plan.WaveFails(plan) => reply.Ending == Ending.Failed && reply.Reason == "as planned",
            _ => reply.Ending == Ending.Finished && reply.Value == Plan.ResultOf(plan),
        };
    }

    private sealed record Membership(ElementId Wave, int Plan, int Hop);
}

/// <summary>Watches every release where it reaches the store: its gate is true of what is held there.</summary>
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
            return released;
        world.Waves.Released(release, released.Members);
        if (!IsTrue(release, held))
            world.Violated($"a wave was released {release.Note.By}, with {held.Length} held");
        return released;
    }

    private static bool IsTrue(HeldRelease release, MemoryHeldRow[] held)
    {
        if (release.Note.By == Clients.Operator.Name || release.Gate is not { } gate)
            return held.Length > 0;
        return gate.OldestAt is { } oldest ? held.Any(row => row.At <= oldest) : held.Length >= Trips.CountRule;
    }
}
