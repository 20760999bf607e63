using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>Which element went with which wave, and whether it came out of it as that wave's plan says.</summary>
internal sealed class Waves(World world)
{
    private readonly Dictionary<ElementId, List<Membership>> memberships = [];
    private readonly Dictionary<ElementId, string?> lanes = [];

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

    /// <summary>Notes that a person chose another group for a held element.</summary>
    public void Amended(ElementId element, ReadOnlyMemory<byte> data)
    {
        world.Met(Occasion.Amended);
        lanes[element] = Trip.Read(data).Lane;
    }

    /// <summary>What a hop's data lacks of what a person wrote into it.</summary>
    public string? AmendFault(Hop hop) =>
        lanes.TryGetValue(hop.Id, out string? lane) && Trip.Read(hop.Data).Lane != lane
            ? $"its data lost the group {lane}"
            : null;

    /// <summary>The journal says the same of who went with which wave, and of no one twice.</summary>
    public void Check()
    {
        HashSet<(ElementId, int, string)> watched =
        [
            .. memberships.SelectMany(element => element.Value.Select(
                membership => (element.Key, membership.Hop, JournalDetail.Batched(membership.Wave)))),
        ];
        foreach (JournalEntry row in world.Store.State.Journal.Where(row => row.Kind == JournalKind.Batched))
        {
            if (!watched.Remove((row.Element, row.Hop, row.Detail!)))
                world.Violated($"{World.NumberOf(row.Element)}:{row.Hop} was never released to {row.Detail}");
        }

        foreach ((ElementId member, int hop, string wave) in watched)
            world.Violated($"{World.NumberOf(member)}:{hop} did not go on to {wave}");
    }

    /// <summary>A member goes on after its wave.</summary>
    public void Unpacked(Element<Trip> member, Replies<int> replies)
    {
        Membership? last = memberships.GetValueOrDefault(member.Id)?.FindLast(known => known.Hop <= member.Hop);
        if (last is not null && replies.Count == 1 && Fits(last.Plan, member.Id, replies[0]) is { } occasion)
        {
            world.Met(occasion);
            return;
        }

        string told = string.Join(", ", replies.Select(reply => $"{reply.Ending} {reply.Result} {reply.Reason}"));
        world.Violated($"{World.NumberOf(member.Id)} came out of wave {last?.Wave} with {told}");
    }

    private static Occasion? Fits(int plan, ElementId member, Reply<int> reply)
    {
        long number = World.NumberOf(member);
        (Occasion Occasion, bool IsRight) told = Plan.FateOf(plan, number) switch
        {
            MemberFate.IsDoneEarly => (Occasion.MemberDone,
                reply.Ending == Ending.Finished && reply.Value == Plan.MemberResultOf(plan, number)),
            MemberFate.Fails => (Occasion.MemberFailed,
                reply.Ending == Ending.Failed && reply.Reason == "as planned for it"),
            _ when Plan.WaveFails(plan) => (Occasion.WaveFailed,
                reply.Ending == Ending.Failed && reply.Reason == "as planned"),
            _ => (Occasion.MemberDone, reply.Ending == Ending.Finished && reply.Value == Plan.ResultOf(plan)),
        };
        return told.IsRight || reply.Ending is Ending.Cancelled or Ending.Dropped ? told.Occasion : null;
    }

    private sealed record Membership(ElementId Wave, int Plan, int Hop);
}
