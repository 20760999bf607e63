using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>
/// All remote workers, and what must hold of them: an element moves by what was brought under the last lease that was
/// given for it, a worker is told what happened, and the same each time.
/// </summary>
internal sealed class RemoteWorkers
{
    private const int Count = 3;

    private readonly World world;
    private readonly RemoteWorker[] workers;
    private readonly Dictionary<int, RemoteWork> brought = [];
    private readonly Dictionary<ElementId, string> lastLeases = [];
    private readonly Dictionary<(SimulatedProcess, ElementId), string> lastLeasesOf = [];
    private readonly HashSet<string> leasesThatMoved = [];
    private readonly HashSet<string> leasesThatMovedUnheard = [];

    public RemoteWorkers(World world)
    {
        this.world = world;
        workers = [.. Enumerable.Range(1, Count).Select(i => new RemoteWorker(world, this, $"w{i}"))];
    }

    /// <summary>One of them does something, by chance.</summary>
    public void Act(SimulatedProcess process) => world.OneOf(workers).Act(process);

    /// <summary>All of them work as they should.</summary>
    public void Finish(SimulatedProcess process) => Array.ForEach(workers, worker => worker.Finish(process));

    /// <summary>A process gave a lease.</summary>
    public void Given(SimulatedProcess process, RemoteWork work)
    {
        world.Ledger.Began(work);
        lastLeases[work.Id] = work.Lease;
        lastLeasesOf[(process, work.Id)] = work.Lease;
    }

    /// <summary>A number for what is about to be brought, by which it is known again in the store.</summary>
    public int Stamp(RemoteWork work)
    {
        if (lastLeases[work.Id] != work.Lease)
            world.Met(Occasion.LeaseOvertaken);
        brought.Add(brought.Count + 1, work);
        return brought.Count;
    }

    /// <summary>The lease under which a process takes an answer to some work: that of the work.</summary>
    public string LeaseAt(SimulatedProcess process, RemoteWork work) =>
        world.Settings.Mutation == Mutation.SkipLease
            ? lastLeasesOf.GetValueOrDefault((process, work.Id), work.Lease)
            : work.Lease;

    /// <summary>A hop was applied.</summary>
    public void Moved(Hop hop)
    {
        if (hop.Node.Node != Trips.Afar.Name || !HistoryChecks.IsOfRun(hop.Kind))
            return;
        string name = $"{World.NumberOf(hop.Id)}:{hop.From}";
        if (!brought.TryGetValue(Trip.Read(hop.Data).Stamp, out RemoteWork? work)
            || work.Id != hop.Id || work.Hop != hop.From)
            world.Violated($"{name} moved on by what no remote worker brought for it");
        else if (lastLeases[hop.Id] != work.Lease)
            world.Violated($"{name} moved on by what was brought under a lease that another has followed");
        else
            (world.IsUnheard ? leasesThatMovedUnheard : leasesThatMoved).Add(work.Lease);
    }

    /// <summary>A worker was told what became of what it brought to who had given the lease.</summary>
    public void Told(RemoteWork work, RemoteAnswer answer, RemoteOutcome? before)
    {
        string name = $"the worker of {World.NumberOf(work.Id)}:{work.Hop}";
        if (before is { } other && other != answer.Outcome)
            world.Violated($"{name} was told {other}, and then {answer.Outcome}");
        // When nobody heard what came of a commit and the epoch was lost then, nobody knows that it moved.
        bool isUnknown = answer.Outcome == RemoteOutcome.LeaseLost && leasesThatMovedUnheard.Contains(work.Lease);
        bool hasMoved = leasesThatMoved.Contains(work.Lease) || leasesThatMovedUnheard.Contains(work.Lease);
        if (answer.Outcome == RemoteOutcome.Committed != hasMoved && !isUnknown)
            world.Violated($"{name} was told {answer.Outcome}, and that it moved is {hasMoved}");
        if (answer.Outcome is RemoteOutcome.Refused or RemoteOutcome.Elsewhere)
            world.Violated($"{name} was told {answer.Outcome}: {answer.Reason}");
        world.Met(answer.Outcome switch
        {
            RemoteOutcome.Committed => Occasion.RemoteCommitted,
            RemoteOutcome.Cancelled => Occasion.RemoteCancelled,
            RemoteOutcome.Failed => Occasion.RemoteFailed,
            _ => Occasion.RemoteTooLate,
        });
    }
}
