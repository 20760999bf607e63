namespace Waybill.Testing.Simulation;

/// <summary>
/// The workflows that simulated elements travel: every kind of node, each with every kind of exit, so that plans can
/// combine them as they like.
/// </summary>
internal static class Trips
{
    public const int CountRule = 4;
    public const int BatchMax = 3;
    public static readonly TimeSpan OldestRule = TimeSpan.FromSeconds(1.5);
    public static readonly TimeSpan RemoteLease = TimeSpan.FromSeconds(1);

    public static readonly Node<Trip> Start = new("start");
    public static readonly Node<Trip> Alpha = new("alpha");
    public static readonly Node<Trip> Beta = new("beta");
    public static readonly Node<Trip> Ordered = new("ordered");
    public static readonly Node<Trip> Batch = new("batch");
    public static readonly Node<Trip> Paced = new("paced");
    public static readonly Node<Trip> Risky = new("risky");
    public static readonly Node<Trip> Rescue = new("rescue");
    public static readonly Node<Trip> Afar = new("afar");
    public static readonly Node<Trip> Undo = new("undo");
    public static readonly Node<Trip, int> Joined = new("joined");
    public static readonly Node<Trip, int> Signalled = new("signalled");
    public static readonly Signal<int> Go = new("go");

    /// <summary>Where elements are held until a wave takes them along.</summary>
    public static readonly Node<Trip> Shelf = new("shelf");

    /// <summary>Where they go on after their wave.</summary>
    public static readonly Node<Trip, int> Unpacked = new("unpacked");

    public static readonly Node<Trip> Gather = new("gather");
    public static readonly Node<Trip> Close = new("close");

    /// <summary>A change that every element takes by itself, at most nodes.</summary>
    public static readonly Change<int> Note = new("note");

    /// <summary>A change about which those decide that were submitted; what they called takes it by itself.</summary>
    public static readonly Change<int> Order = new("order");

    /// <summary>What is called; enough of it to name it.</summary>
    public static readonly Workflow<Trip, int> Errands = Workflow<Trip, int>.Named("errands").StartsAt(Start);

    /// <summary>What held elements are released into.</summary>
    public static readonly Workflow<Trip, int> Waves = Workflow<Trip, int>.Named("waves").StartsAt(Gather);

    /// <summary>All nodes of a trip that run something.</summary>
    private static readonly IReadOnlyList<Node<Trip>> Running =
        [Start, Alpha, Beta, Ordered, Batch, Paced, Risky, Afar, Rescue, Undo, Joined, Signalled, Unpacked];

    /// <summary>All nodes.</summary>
    public static readonly IReadOnlyList<Node<Trip>> Nodes = [.. Running, Shelf, Gather, Close];

    private static readonly NodeAddress[][] ControlledByVersion =
        [Controlled(1), [.. Controlled(1).Union(Controlled(2))]];

    // At the others a change stays pending and follows.
    private static readonly IReadOnlyList<Node<Trip>> Accepting =
        [Start, Beta, Ordered, Batch, Paced, Afar, Joined, Signalled, Unpacked, Shelf];

    private static readonly Node[] Exits = [Alpha, Beta, Ordered, Batch, Paced, Risky, Afar, Shelf];

    /// <summary>The nodes that operators pause and limit, as a process knows them.</summary>
    public static IReadOnlyList<NodeAddress> ControlledBy(int version) => ControlledByVersion[version - 1];

    /// <summary>The node of an address that is written out.</summary>
    public static NodeAddress Addressed(string address) =>
        ControlledByVersion[^1].Concat(ControlledByVersion[0]).First(node => node.ToString() == address);

    private static NodeAddress[] Controlled(int version) =>
    [
        .. Running.Select(node => new NodeAddress("trips", version, node.Name)),
        .. Running.Append(Shelf).Where(node => node != Undo).Select(node => new NodeAddress("errands", 1, node.Name)),
        new NodeAddress("waves", 1, Gather.Name),
        new NodeAddress("waves", 1, Close.Name),
    ];

    /// <summary>All workflows of a site whose processes know trips of that version.</summary>
    public static IReadOnlyList<Workflow> All(TripRuns code, int version)
    {
        Workflow<Trip, int> trips = Travelled(Workflow<Trip, int>.Named("trips", version).StartsAt(Start), code)
            .CancelsTo(Undo)
            .Node(Undo, n => n.Run(code.UndoAsync).Finishes().Retry(1, Backoff.None))
            .Changes<int>(Order, c => c.DecidedBy<Trip>(Decided));
        if (version == 2)
        {
            trips = trips.UpgradesFrom<Trip, Trip>(
                1, trip => trip with { IsUpgraded = true }, [.. Running.Select(node => (node.Name, node))]);
        }

        Workflow<Trip, int> errands = Travelled(Errands, code).Changes<int>(Order, c => c.AcceptedAt(Accepting, Noted));
        Workflow<Trip, int> waves = Waves
            .Node(Gather, n => n.Run(code.GatherAsync).GoesTo(Close).Timeout(TimeSpan.FromSeconds(3)).Concurrency(2)
                .Retry(2, Backoff.Fixed(TimeSpan.FromMilliseconds(100))))
            .Node(Close, n => n.Run(code.CloseAsync).Finishes().Timeout(TimeSpan.FromSeconds(3))
                .Retry(1, Backoff.None));
        return [trips, errands, waves];
    }

    private static Workflow<Trip, int> Travelled(Workflow<Trip, int> workflow, TripRuns code) => workflow
        .Node(Start, n => Rules(n.Run(code.RunAsync)).Retry(2, Backoff.Fixed(TimeSpan.FromMilliseconds(100))))
        .Node(Alpha, n => Rules(n.Run(code.RunAsync)).Priority(trip => trip.Plan % 3))
        .Node(Beta, n => Rules(n.Run(code.RunAsync)).Concurrency(1).Retry(1, Backoff.None))
        .Node(Ordered, n => Rules(n.Run(code.RunAsync)).OrderedBy(trip => Plan.OrderKeyOf(trip.Plan)))
        .Node(Batch, n => Rules(n.RunBatch(3, code.RunBatchAsync)))
        .Node(Paced, n => Rules(n.Run(code.RunAsync)).RateLimit(2, TimeSpan.FromSeconds(1)))
        .Node(Risky, n => Rules(n.Run(code.RunAsync)).Retry(0, Backoff.None).FailsTo(Rescue))
        .Node(Afar, n => Rules(n.RunRemotely(RemoteLease)))
        .Node(Rescue, n => Rules(n.Run(code.RunAsync)))
        .Node(Joined, n => Rules(n.Run(code.JoinAsync)))
        .Node(Signalled, n => Rules(n.Run(code.ResumeAsync)))
        .Node(Unpacked, n => Rules(n.Run(code.UnpackAsync)))
        .Holds(Shelf, h => h
            .GroupBy(Plan.LaneOf)
            .Columns(trip => new { trip.Plan, trip.Step })
            .ReleasesTo(Waves, WaveOf, Unpacked)
            .BatchMax(BatchMax)
            .WhenCount(CountRule)
            .WhenOldest(OldestRule))
        .Changes<int>(Note, c => c.AcceptedAt(Accepting, Noted).TooLateFrom(Rescue));

    private static TRules Rules<TRules>(NodeRules<TRules, Trip> rules)
        where TRules : NodeRules<TRules, Trip> => rules
        .GoesTo(Exits)
        .Calls(Errands, Joined)
        .WaitsFor(Go, Signalled)
        .Finishes()
        .Concurrency(2)
        .Timeout(TimeSpan.FromSeconds(3))
        .Retry(2, Backoff.Exponential(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)));

    private static Trip WaveOf(BatchRelease release) =>
        new(Plan.Mixed((int)(release.At.Ticks / TimeSpan.TicksPerMillisecond), 7, 1_000_000), 0, 0);

    private static Changed<Trip> Noted(Trip trip, int number) => (number % 12) switch
    {
        9 => Changed.Rejected("as planned"),
        10 => Changed.TooLate("as planned"),
        11 => throw new InvalidOperationException("as planned"),
        _ => Changed.To(With(trip, number)),
    };

    private static ChangeDecision<Trip> Decided(Trip trip, int number, IReadOnlyList<CalledPart> parts) =>
        (number % 6) switch
        {
            0 => ChangeDecision.Applies(With(trip, number)),
            1 or 2 => ChangeDecision.AppliesAndForwards(With(trip, number)),
            3 or 4 => ChangeDecision.Forwards(),
            _ when parts.Count > 1 => ChangeDecision.Rejects("as planned"),
            _ => ChangeDecision.ComesTooLate("as planned"),
        };

    private static Trip With(Trip trip, int number) => trip with { Changes = [.. trip.Changes ?? [], number] };
}
