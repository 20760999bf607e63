using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>
/// Traces every commit where it reaches the store, and sees that no ended epoch gets one through, that data keeps what
/// was changed, and that no pending change is lost with a hop. Refuses some.
/// </summary>
internal sealed class WatchedCommits(World world, IElementStore inner) : CommitLayer(inner)
{
    public override async Task<IReadOnlyList<HopOutcome>> CommitAsync(
        WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel)
    {
        world.Refusals.Judge(hops);
        MemoryState state = world.Store.State;
        bool isLive = state.IsLive(epoch);
        MemoryMark[][] marks = [.. hops.Select(hop => MarksOf(state.Find(hop.Key)))];
        IReadOnlyList<HopOutcome> outcomes = await Inner.CommitAsync(epoch, hops, cancel);
        ILookup<ElementId, int>? applied = null;
        foreach ((int index, Hop hop) in hops.Index())
        {
            HopStatus status = outcomes[index].Status;
            world.Trace($"  {World.NumberOf(hop.Id)}:{hop.From} {hop.Kind} {hop.To.GetType().Name}: {status}");
            if (status == HopStatus.ChangePending)
                world.Met(Occasion.HopSentBack);
            if (status != HopStatus.Applied)
                continue;
            if (!isLive)
                world.Violated($"epoch {epoch.Value} has ended and yet moved {World.NumberOf(hop.Id)}");
            applied ??= ChangeChecks.Applied(state);
            if ((ChangeChecks.Fault(applied, hop.Id, hop.Data) ?? world.Waves.AmendFault(hop)) is { } fault)
                world.Violated($"{World.NumberOf(hop.Id)}:{hop.From} went on, and {fault}");
            world.Workers.Moved(hop);
            Array.ForEach(marks[index], mark => CheckKept(hop, mark));
        }

        return outcomes;
    }

    private static MemoryMark[] MarksOf(MemoryElement? element) =>
        element is null ? [] : [.. element.Marks.Values.Where(mark => !mark.Request.IsCancel)];

    /// <summary>With an element's end each change has an outcome; else what it calls inherits it.</summary>
    private void CheckKept(Hop hop, MemoryMark mark)
    {
        MemoryRequest request = mark.Request;
        string name = $"change {ChangeChecks.NumberOf(request.Change.Payload)} of {World.NumberOf(hop.Id)}";
        bool hasOutcome = request.Outcomes.Exists(outcome =>
            outcome.Element == hop.Id && outcome.Outcome != ChangeOutcome.Pending);
        if (hop.To is Destination.End && mark.IsConcerned && !hasOutcome)
            world.Violated($"{name} has no outcome, and it ended");
        if (hop.To is not Destination.Calls calls)
            return;
        ChangeVerdict? verdict = hop.Changes.FirstOrDefault(answer => answer.Change == request.Change.Id)?.Verdict;
        bool isInherited = verdict is ChangeVerdict.AppliesAndSpreads or ChangeVerdict.Spreads
            || (request.Change.Spreads && verdict is ChangeVerdict.Stays or ChangeVerdict.Applies);
        if (!isInherited)
            return;
        world.Met(Occasion.ChangeInherited);
        foreach (NewElement called in calls.Elements)
        {
            if (!ChangeChecks.Knows(world.Store.State.Find(ElementRef.Of(called.Id))!, request))
                world.Violated($"{name} did not reach {World.NumberOf(called.Id)}, which it called");
        }
    }
}
