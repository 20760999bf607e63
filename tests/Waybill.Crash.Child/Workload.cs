namespace Waybill.Crash.Child;

/// <summary>
/// The workflows that are killed: hand-over, per-key order, retries, a batch, a call, a fork with join, waits for time
/// and for a signal, an aggregation queue, and changes in flight, with effects attached to most hops.
/// </summary>
internal sealed class Workload
{
    public static readonly Node<Parcel> Lane = new("lane");
    public static readonly Node<Parcel> Stamp = new("stamp");
    public static readonly Node<Parcel> Weigh = new("weigh");
    public static readonly Node<Parcel> Sort = new("sort");
    public static readonly Node<Parcel, long> Merge = new("merge");
    public static readonly Node<Parcel> Rest = new("rest");
    public static readonly Node<Parcel, int> Gate = new("gate");
    public static readonly Node<Parcel> Dock = new("dock");
    public static readonly Node<Parcel, int> Load = new("load");
    public static readonly Node<Parcel> Close = new("close");

    public static readonly Node<Leg> Walk = new("walk");
    public static readonly Node<Leg> Arrive = new("arrive");

    private static readonly Signal<int> Open = new("open");
    private static readonly TimeSpan RestTime = TimeSpan.FromMilliseconds(50);

    // Fewer than go to one group of a full window, so that both rules release.
    private const int WaveSize = 6;
    private const int WaveGroups = 4;
    private static readonly TimeSpan HoldTime = TimeSpan.FromMilliseconds(300);

    // A process that dies uses up an attempt of each element that it holds, and here processes die all the time.
    private const int RetriesMax = 1000;

    private readonly RunLog log;
    private readonly Window window;
    private readonly TimeSpan work;

    public Workload(RunLog log, Window window, TimeSpan work)
    {
        this.log = log;
        this.window = window;
        this.work = work;
        Legs = Workflow<Leg, long>.Named("legs")
            .StartsAt(Walk)
            .Node(Walk, n => Patient(n).Run(RunWalk).GoesTo(Arrive))
            .Node(Arrive, n => Patient(n).Run(RunArrive).Finishes())
            .Changes(Surcharge.Change, c => c
                .AcceptedAt([Walk], (leg, amount) => Changed.To(leg with { Extra = leg.Extra + amount }))
                .TooLateFrom(Arrive));
        Waves = new Waves(log).Workflow;
        Parcels = Workflow<Parcel, long>.Named("parcels")
            .StartsAt(Lane)
            .Node(Lane, n => Patient(n).OrderedBy(p => p.Account.ToString()).Run(RunLane).GoesTo(Stamp))
            .Node(Stamp, n => Patient(n).Concurrency(4).Run(RunStampAsync).GoesTo(Weigh))
            .Node(Weigh, n => Patient(n).RunBatch(8, RunWeigh).GoesTo(Sort))
            .Node(Sort, n => Patient(n).Run(RunSort)
                .GoesTo(Rest, Dock, Close).Calls(Legs, resumesAt: Merge).WaitsFor(Open, resumesAt: Gate))
            .Node(Merge, n => Patient(n).Run(RunMerge).GoesTo(Close))
            .Node(Rest, n => Patient(n).Run(parcel => Bare(parcel, Close)).GoesTo(Close))
            .Node(Gate, n => Patient(n).Run(RunGate).GoesTo(Close))
            .Holds(Dock, h => h
                .GroupBy(p => (p.Account % WaveGroups).ToString())
                .Columns(p => new { p.Number, p.Amount })
                .ReleasesTo(Waves, release => new Wave(int.Parse(release.Group!)), resumesAt: Load)
                .BatchMax(WaveSize)
                .WhenCount(WaveSize)
                .WhenOldest(HoldTime))
            .Node(Load, n => Patient(n).Run(RunLoad).GoesTo(Close))
            .Node(Close, n => Patient(n).Run(RunClose).Finishes())
            .Changes(Surcharge.Change, c => c
                .AcceptedAt([Rest, Merge, Gate, Dock, Load], Surcharge.Add)
                .TooLateFrom(Close));
    }

    public Workflow<Parcel, long> Parcels { get; }

    public Workflow<Wave, int> Waves { get; }

    public Workflow<Leg, long> Legs { get; }

    /// <summary>
    /// Whether a parcel's hop away from a node has attached writes. Most have, and some have not: stores write hops
    /// that touch nothing but their element in ways of their own.
    /// </summary>
    public static bool HasEffects(string node, Parcel parcel) =>
        node != Weigh.Name && node != Rest.Name && (node != Close.Name || parcel.Way != Way.Straight);

    public static TSetup Patient<TSetup, TData>(NodeRules<TSetup, TData> setup)
        where TSetup : NodeRules<TSetup, TData> =>
        setup.Retry(RetriesMax, Backoff.Fixed(TimeSpan.FromMilliseconds(20)));

    private Route RunLane(Element<Parcel> parcel)
    {
        Route route = Onward(parcel, Stamp);
        return parcel.Data.StumblesInLane && parcel.Attempt == 1
            ? throw new InvalidOperationException("stumbled in the lane")
            : route.With(Effects.InOrder(parcel.Data));
    }

    private async ValueTask<Route> RunStampAsync(Element<Parcel> parcel, CancellationToken cancel)
    {
        Route route = Onward(parcel, Weigh);
        if (work > TimeSpan.Zero)
            await Task.Delay(work, TimeProvider.System, cancel);
        if (parcel.Data.StumblesAtStamp && parcel.Attempt == 1)
            throw new InvalidOperationException("stumbled at the stamp");
        return parcel.Data.Way == Way.Gate
            ? route.Sending(Stores.ElementRef.Of(parcel.Id), Open, parcel.Data.Number)
            : route;
    }

    private ValueTask<IReadOnlyList<Route>> RunWeigh(
        IReadOnlyList<Element<Parcel>> parcels, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<Route>>([.. parcels.Select(parcel => Bare(parcel, Sort))]);

    private Route RunSort(Element<Parcel> parcel)
    {
        log.Ran(parcel);
        Parcel data = parcel.Data;
        Route route = data.Way switch
        {
            Way.Fork => Route.Fork(data.Legs.Select(ToCall), Merge, data),
            Way.Call => Route.Call(ToCall(data.Legs[0]), Merge, data),
            Way.Rest => Route.Wait(Rest, data, RestTime),
            Way.Gate => Route.WaitFor(Open, Gate, data),
            Way.Wave => Route.To(Dock, data),
            _ => Route.To(Close, data),
        };
        return route.With(Effects.Of(parcel, data.Account, data.Amount));
    }

    private Route RunMerge(Element<Parcel> parcel, Replies<long> replies)
    {
        long expected = parcel.Data.Legs.Sum(leg => leg.Toll);
        return replies.AllFinished && replies.Sum(reply => reply.Value) == expected
            ? Onward(parcel, Close)
            : Route.Fail($"expected tolls of {expected}, got: {string.Join(", ", replies)}");
    }

    private Route RunGate(Element<Parcel> parcel, Replies<int> replies) =>
        !replies.TimedOut && replies.Single.Value == parcel.Data.Number
            ? Onward(parcel, Close)
            : Route.Fail($"expected the signal {parcel.Data.Number}, got: {string.Join(", ", replies)}");

    private Route RunLoad(Element<Parcel> parcel, Replies<int> replies) =>
        replies.Single.Value is >= 1 and <= WaveSize
            ? Onward(parcel, Close)
            : Route.Fail($"expected a wave of at most {WaveSize}, got: {string.Join(", ", replies)}");

    private Route RunClose(Element<Parcel> parcel)
    {
        log.Ran(parcel);
        window.Leave();
        Route route = Route.Finish(parcel.Data.Amount);
        return HasEffects(Close.Name, parcel.Data)
            ? route.With(Effects.Of(parcel, parcel.Data.Account, parcel.Data.Amount))
            : route;
    }

    private Route RunWalk(Element<Leg> leg)
    {
        log.Ran(leg);
        return Route.To(Arrive, leg.Data).With(Effects.Of(leg, leg.Data.Account, leg.Data.Amount));
    }

    private Route RunArrive(Element<Leg> leg)
    {
        log.Ran(leg);
        return Route.Finish(leg.Data.Toll).With(Effects.Of(leg, leg.Data.Account, leg.Data.Amount));
    }

    private Call<long> ToCall(Leg leg) => Legs.Call(leg, leg.BusinessKey);

    private Route Onward(Element<Parcel> parcel, Node<Parcel> node) =>
        Bare(parcel, node).With(Effects.Of(parcel, parcel.Data.Account, parcel.Data.Amount));

    private Route Bare(Element<Parcel> parcel, Node<Parcel> node)
    {
        log.Ran(parcel);
        return Route.To(node, parcel.Data);
    }
}
