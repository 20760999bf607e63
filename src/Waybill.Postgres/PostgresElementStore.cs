using System.Collections.Concurrent;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresElementStore(
    SiteSchema schema, NodeNumbers nodes, HeldTables held, Lanes lanes, Arrivals arrivals) : IElementStore
{
    private readonly HopCommitter committer = new(schema, nodes, held);
    private readonly Intake intake = new(schema, nodes, held, new HopCommitter(schema, nodes, held));
    private readonly Claims claims = new(schema, nodes);
    private readonly Reach reach = new(schema, new HopCommitter(schema, nodes, held));
    private readonly Returns returns = new(schema);
    private readonly ConcurrentDictionary<WorkerEpoch, List<long>> lostClaims = new();
    private long lastClaim;

    public async Task<IReadOnlyList<Acceptance>> AcceptAsync(
        IReadOnlyList<NewElement> elements, CancellationToken cancel)
    {
        if (elements.Count == 0)
            return [];
        await nodes.LearnAsync(elements.Select(element => element.Slot.Node), cancel);
        held.RequireFit(elements.Select(element => element.Slot));
        bool isPlain = elements.Count < Numbers.BlockSize && elements.All(element => element.Slot.OrderKey is null);
        IntakeResult result = await lanes.Intake.RunAsync(
            session => isPlain
                ? intake.AcceptAsync(session, elements)
                : intake.AcceptInLinesAsync(session, elements),
            cancel);
        await arrivals.NoteAsync(result.Arrivals);
        return result.Acceptances;
    }

    public async Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
        WorkerEpoch epoch, IReadOnlyList<ClaimRequest> requests, CancellationToken cancel)
    {
        await nodes.LearnAsync(requests.Select(request => request.Node), cancel);
        long number = Interlocked.Increment(ref lastClaim);
        List<long> lost = lostClaims.GetValueOrDefault(epoch, []);
        ClaimResult result;
        try
        {
            result = await lanes.Claims.RunAsync(
                session => ClaimAsync(session, epoch, number, requests, lost),
                cancel);
        }
        catch (Exception error) when (error is CommitOutcomeUnknownException or StoreUnavailableException)
        {
            // The next claim gives back what this one may have taken, so to its caller nothing was claimed.
            lostClaims.AddOrUpdate(epoch, [number], (_, numbers) => [.. numbers, number]);
            throw error as StoreUnavailableException ?? new StoreUnavailableException(error.Message, error);
        }

        if (lost.Count > 0)
            lostClaims.TryRemove(new KeyValuePair<WorkerEpoch, List<long>>(epoch, lost));
        await arrivals.NoteAsync(result.Arrivals);
        return result.Elements;
    }

    public async Task<IReadOnlyList<HopOutcome>> CommitAsync(
        WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel)
    {
        if (hops.Count == 0)
            return [];
        HopBatch work = await PrepareAsync(hops, mayBePlain: true, cancel);
        CommitResult result = await lanes.Commits.RunAsync(
            session => work.IsAllPlain
                ? committer.CommitPlainAsync(session, epoch, hops)
                : committer.CommitAsync(session, HopFence.Of(epoch), work),
            cancel);
        await arrivals.NoteAsync(result.Arrivals);
        if (result.Missed.Count > 0)
            await CommitMissedAsync(epoch, hops, result);
        return result.Outcomes;
    }

    /// <summary>Carries out decisions about elements in a state in which nobody owns them.</summary>
    public async Task<IReadOnlyList<HopOutcome>> ActAsync(
        IReadOnlyList<Hop> hops, ElementState state, CancellationToken cancel)
    {
        if (hops.FirstOrDefault(hop => hop.To is Destination.HandOver) is { } wrong)
        {
            throw new ArgumentException(
                $"Nobody owns the element {wrong.Id}, which is {state}, so nobody can be handed it. Enqueue it.",
                nameof(hops));
        }

        if (hops.Count == 0)
            return [];
        HopBatch work = await PrepareAsync(hops, mayBePlain: false, cancel);
        CommitResult result = await lanes.Requests.RunAsync(
            session => committer.CommitAsync(session, HopFence.Of(state), work), cancel);
        await arrivals.NoteAsync(result.Arrivals);
        return result.Outcomes;
    }

    public async Task ReleaseAsync(WorkerEpoch epoch, IReadOnlyList<Release> elements, CancellationToken cancel)
    {
        if (elements.Count == 0)
            return;
        HashSet<int> released = await lanes.Commits.RunAsync(
            session => returns.ReleaseAsync(session, epoch, elements), cancel);
        await arrivals.NoteAsync(released);
    }

    // On the lane of commits: a commit whose connection was lost has ended on the server before this reads.
    public async Task<IReadOnlyList<ElementFence>> FencesAsync(IReadOnlyList<long> keys, CancellationToken cancel) =>
        keys.Count == 0 ? [] : await lanes.Commits.RunAsync(session => returns.FencesAsync(session, keys), cancel);

    public async Task<IReadOnlyList<bool>> SignalAsync(
        IReadOnlyList<SignalDelivery> signals, CancellationToken cancel)
    {
        if (signals.Count == 0)
            return [];
        (IReadOnlyList<bool> delivered, HashSet<int> woken) = await lanes.Requests.RunAsync(
            session => reach.SignalAsync(session, signals), cancel);
        await arrivals.NoteAsync(woken);
        return delivered;
    }

    public async Task<IReadOnlyList<CancelOutcome>> CancelAsync(
        IReadOnlyList<CancelRequest> requests, CancellationToken cancel)
    {
        if (requests.Count == 0)
            return [];
        (IReadOnlyList<CancelOutcome> outcomes, HashSet<int> woken) = await lanes.Requests.RunAsync(
            session => reach.CancelAsync(session, requests), cancel);
        await arrivals.NoteAsync(woken);
        return outcomes;
    }

    private async Task<ClaimResult> ClaimAsync(
        Session session, WorkerEpoch epoch, long number, IReadOnlyList<ClaimRequest> requests, List<long> lost)
    {
        HashSet<int> promoted = [];
        while (true)
        {
            ClaimResult result = await claims.ClaimAsync(session, epoch, number, requests, lost);
            promoted.UnionWith(result.Arrivals);
            if (!result.HasLinesDue)
                return result with { Arrivals = promoted };
            promoted.UnionWith(await reach.PromoteLinesAsync(session));
        }
    }

    private async ValueTask<HopBatch> PrepareAsync(IReadOnlyList<Hop> hops, bool mayBePlain, CancellationToken cancel)
    {
        HashSet<long> keys = [];
        if (hops.FirstOrDefault(hop => !keys.Add(hop.Key)) is { } second)
        {
            throw new ArgumentException(
                $"A commit takes one hop of each element; it has two of {second.Id}. Commit them one after the other.",
                nameof(hops));
        }

        await nodes.LearnAsync(hops.SelectMany(AddressesOf), cancel);
        held.RequireFit(hops.SelectMany(SlotsOf));
        return new HopBatch(hops, mayBePlain);
    }

    // Nearly always lost ones; the careful way tells, and also applies what only looked unusual.
    private async Task CommitMissedAsync(WorkerEpoch epoch, IReadOnlyList<Hop> hops, CommitResult first)
    {
        Hop[] missed = [.. first.Missed.Select(index => hops[index])];
        try
        {
            CommitResult second = await lanes.Commits.RunAsync(
                session => committer.CommitAsync(session, HopFence.Of(epoch), new HopBatch(missed, mayBePlain: false)),
                CancellationToken.None);
            await arrivals.NoteAsync(second.Arrivals);
            foreach ((int index, int of) in first.Missed.Index())
                first.Outcomes[of] = second.Outcomes[index];
        }
        catch (Exception error) when (missed.Length < hops.Count
            && error is not (EpochLostException or CommitOutcomeUnknownException))
        {
            throw new CommitOutcomeUnknownException(
                "The rest of a commit failed when a part of it had been written. Read where the elements are now.",
                error);
        }
    }

    private static IEnumerable<QueueSlot> SlotsOf(Hop hop) => hop.To switch
    {
        Destination.Enqueue { Slot: { Held: not null } slot } => [slot],
        Destination.Calls calls => calls.Elements.Select(called => called.Slot),
        _ => [],
    };

    private static IEnumerable<NodeAddress> AddressesOf(Hop hop) => hop.To switch
    {
        Destination.Calls calls => calls.Elements.Select(called => called.Slot.Node).Append(calls.Slot.Node),
        Destination.End { Ending: not Ending.Finished } => hop.PastCancel.Append(Moves.NodeOf(hop)),
        _ => [Moves.NodeOf(hop)],
    };
}
