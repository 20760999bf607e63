namespace Waybill.Testing.Simulation;

/// <summary>
/// The workflows that simulated elements travel: every kind of node, each with every kind of exit, so that plans can
/// combine them as they like.
/// </summary>
internal static class Trips
{
    public static readonly Node<Trip> Start = new("start");
    public static readonly Node<Trip> Alpha = new("alpha");
    public static readonly Node<Trip> Beta = new("beta");
    public static readonly Node<Trip> Ordered = new("ordered");
    public static readonly Node<Trip> Batch = new("batch");
    public static readonly Node<Trip> Paced = new("paced");
    public static readonly Node<Trip> Risky = new("risky");
    public static readonly Node<Trip> Rescue = new("rescue");
    public static readonly Node<Trip> Undo = new("undo");
    public static readonly Node<Trip, int> Joined = new("joined");
    public static readonly Node<Trip, int> Signalled = new("signalled");
    public static readonly Signal<int> Go = new("go");

    /// <summary>What is called; enough of it to name it.</summary>
    public static readonly Workflow<Trip, int> Errands = Workflow<Trip, int>.Named("errands").StartsAt(Start);

    /// <summary>All nodes of a trip.</summary>
    public static readonly IReadOnlyList<Node<Trip>> Nodes =
        [Start, Alpha, Beta, Ordered, Batch, Paced, Risky, Rescue, Undo, Joined, Signalled];

    private static readonly Node[] Exits = [Alpha, Beta, Ordered, Batch, Paced, Risky];

    /// <summary>All workflows of a site whose processes know trips of that version.</summary>
    public static IReadOnlyList<Workflow> All(TripRuns code, int version)
    {
        Workflow<Trip, int> trips = Travelled(Workflow<Trip, int>.Named("trips", version).StartsAt(Start), code)
            .CancelsTo(Undo)
            .Node(Undo, n => n.Run(code.UndoAsync).Finishes().Retry(1, Backoff.None));
        if (version == 2)
        {
            trips = trips.UpgradesFrom<Trip, Trip>(
                1, trip => trip with { IsUpgraded = true }, [.. Nodes.Select(node => (node.Name, node))]);
        }

        return [trips, Travelled(Errands, code)];
    }

    private static Workflow<Trip, int> Travelled(Workflow<Trip, int> workflow, TripRuns code) => workflow
        .Node(Start, n => Rules(n.Run(code.RunAsync)).Retry(2, Backoff.Fixed(TimeSpan.FromMilliseconds(100))))
        .Node(Alpha, n => Rules(n.Run(code.RunAsync)).Priority(trip => trip.Plan % 3))
        .Node(Beta, n => Rules(n.Run(code.RunAsync)).Concurrency(1).Retry(1, Backoff.None))
        .Node(Ordered, n => Rules(n.Run(code.RunAsync)).OrderedBy(trip => Plan.OrderKeyOf(trip.Plan)))
        .Node(Batch, n => Rules(n.RunBatch(3, code.RunBatchAsync)))
        .Node(Paced, n => Rules(n.Run(code.RunAsync)).RateLimit(2, TimeSpan.FromSeconds(1)))
        .Node(Risky, n => Rules(n.Run(code.RunAsync)).Retry(0, Backoff.None).FailsTo(Rescue))
        .Node(Rescue, n => Rules(n.Run(code.RunAsync)))
        .Node(Joined, n => Rules(n.Run(code.JoinAsync)))
        .Node(Signalled, n => Rules(n.Run(code.ResumeAsync)));

    private static TRules Rules<TRules>(NodeRules<TRules, Trip> rules)
        where TRules : NodeRules<TRules, Trip> => rules
        .GoesTo(Exits)
        .Calls(Errands, Joined)
        .WaitsFor(Go, Signalled)
        .Finishes()
        .Concurrency(2)
        .Timeout(TimeSpan.FromSeconds(3))
        .Retry(2, Backoff.Exponential(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)));
}
