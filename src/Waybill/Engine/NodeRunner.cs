using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Waybill.Definition;

namespace Waybill.Engine;

/// <summary>
/// Runs the code of one hosted node on the elements that are ready in memory, within the node's limits. Holds no more
/// elements than it will run within about a second, so that a slow node cannot fill the process.
/// </summary>
internal sealed partial class NodeRunner(
    PlacedNode node, NodeCode code, HopBuilder builder, Outbox outbox, Custody custody,
        EngineContext context) : IDisposable
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<InFlight> ready = new();
    private readonly List<Run> runs = [];
    private readonly List<InFlight> givenBack = [];
    private readonly ILogger log = context.Logging.CreateLogger<NodeRunner>();
    private readonly Throttle throttle = new(node, code, context);

    private ITimer? refill;
    private int reserved;
    private bool isStopping;
    private double averageRunTicks;

    public PlacedNode Node => node;

    public NodeCounters Counters { get; } = new();

    /// <summary>Whether the store may have ready elements of this node that nobody asked for yet.</summary>
    public bool WantsClaim { get; set; } = true;

    /// <summary>
    /// Whether the last claim got all that it asked for, so that there are probably more, or there was no room to ask.
    /// </summary>
    public bool HasBacklog { get; set; }

    /// <summary>How many more elements it should take from the store.</summary>
    public int Room
    {
        get
        {
            lock (gate)
                return isStopping ? 0 : Math.Max(0, HeldMax - ready.Count - reserved);
        }
    }

    /// <summary>Whether operators have stopped it.</summary>
    public bool IsPaused
    {
        get
        {
            lock (gate)
                return throttle.IsPaused;
        }
    }

    /// <summary>How many places are reserved for elements that a commit under way will hand on.</summary>
    public int Reserved
    {
        get
        {
            lock (gate)
                return reserved;
        }
    }

    /// <summary>
    /// Reserves a place for an element that will be handed on in memory. Not while older ones wait in the store, nor
    /// at a node with per-key order, whose line the store keeps, nor at an aggregation queue, whose table it keeps.
    /// </summary>
    public bool TryReserve()
    {
        if (HasBacklog || node.Definition is not { OrderKey: null, Hold: null })
            return false;
        lock (gate)
        {
            if (isStopping || ready.Count + reserved >= HeldMax)
                return false;
            reserved++;
            return true;
        }
    }

    public void CancelReservation()
    {
        lock (gate)
            reserved--;
    }

    public void Add(InFlight element, bool isReserved)
    {
        Run? run;
        lock (gate)
        {
            if (isReserved)
                reserved--;
            ready.Enqueue(element);
            run = NextRun();
        }

        if (run is not null)
            context.Scheduler.Schedule(run);
    }

    /// <summary>Goes on after the lease was renewed, or after the rate limit has tokens again.</summary>
    public void Resume()
    {
        Run? run;
        lock (gate)
            run = NextRun();
        if (run is not null)
            context.Scheduler.Schedule(run);
    }

    /// <summary>Obeys operators from now on. Returns whether that changes anything.</summary>
    public bool Obey(NodeControl control)
    {
        lock (gate)
        {
            if (!throttle.Obey(control))
                return false;
        }

        Resume();
        return true;
    }

    /// <summary>Goes on when the node's code has got more room, and tells of it.</summary>
    public void FollowRoom(Action made) => code.RoomGrew += () =>
    {
        Resume();
        made();
    };

    /// <summary>
    /// Gives up what waits in memory and will not be run before long, the latest first, and what its code gave back.
    /// </summary>
    public IReadOnlyList<InFlight> TakeExcess()
    {
        lock (gate)
        {
            int excess = throttle.Excess(ready.Count, runs);
            if (excess + givenBack.Count == 0)
                return [];
            InFlight[] all = [.. ready, .. givenBack];
            int kept = ready.Count - excess;
            ready.Clear();
            givenBack.Clear();
            foreach (InFlight element in all[..kept])
                ready.Enqueue(element);
            return all[kept..];
        }
    }

    /// <summary>Forgets everything: the epoch is lost. Runs that go on bring their results in vain.</summary>
    public void Clear()
    {
        CancellationTokenSource?[] toCancel;
        lock (gate)
        {
            ready.Clear();
            givenBack.Clear();
            runs.ForEach(run => run.IsGivenUp = true);
            toCancel = MarkCancelled(runs);
            runs.Clear();
        }

        Cancel(toCancel);
    }

    /// <summary>Begins no more runs, and gives back what was not begun.</summary>
    public IReadOnlyList<InFlight> Stop()
    {
        lock (gate)
        {
            isStopping = true;
            InFlight[] unbegun = [.. ready];
            ready.Clear();
            return unbegun;
        }
    }

    /// <summary>Cancels the tokens of all runs that go on.</summary>
    public void CancelRuns()
    {
        CancellationTokenSource?[] toCancel;
        lock (gate)
            toCancel = MarkCancelled(runs);
        Cancel(toCancel);
    }

    /// <summary>Cancels runs past their time, and gives up those that go on regardless.</summary>
    public void Sweep()
    {
        List<InFlight> overdue = [];
        CancellationTokenSource?[] toCancel;
        lock (gate)
        {
            foreach (Run run in runs.FindAll(IsPastGivingUp))
            {
                run.IsGivenUp = true;
                overdue.AddRange(run.Elements);
                runs.Remove(run);
            }

            toCancel = MarkCancelled(runs.Where(IsPastItsTime));
        }

        Cancel(toCancel);
        foreach (InFlight element in overdue)
        {
            LogGivenUp(element.Id, node.Address, node.Definition.RunTimeMax);
            Fail(element, TooLong(), node.Definition.RunTimeMax);
        }

        Resume();
    }

    /// <summary>Runs elements until none is ready or this run is given up.</summary>
    public async Task ExecuteAsync(Run run)
    {
        while (TryTake(run))
        {
            Exception? error = null;
            Route? route = null;
            IReadOnlyList<Route>? routes = null;
            using Activity? activity = Tracing.Run(node.Address, run.Elements);
            try
            {
                if (code.BatchMax == 1)
                    route = await code.RunAsync(run.Elements[0], run.Token);
                else
                    routes = await code.RunBatchAsync(run.Elements, run.Token);
            }
            catch (Exception thrown)
            {
                error = thrown is OperationCanceledException && run.Token.IsCancellationRequested && !isStopping
                    ? TooLong()
                    : thrown;
                activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
            }

            if (TryFinish(run, out TimeSpan worked) is not { } finished)
            {
                // What was answered for in its place is still held; the rest went with the epoch.
                foreach (InFlight lost in run.Elements.Where(element => !custody.IsHeld(element)))
                    lost.Settled(null);
                return;
            }

            for (int i = 0; i < finished.Count; i++)
                Conclude(finished[i], routes is null ? route : routes[i], error, worked);
        }
    }

    public NodeSnapshot ToSnapshot()
    {
        lock (gate)
        {
            return new NodeSnapshot(
                node.Address, ready.Count, runs.Count, Counters.Completed, Counters.Retried, Counters.Diverted,
                    Counters.Sidelined);
        }
    }

    public void Dispose() => refill?.Dispose();

    private void Conclude(InFlight element, Route? route, Exception? error, TimeSpan worked)
    {
        if (isStopping && error is OperationCanceledException)
        {
            // It did as it was told. The epoch ends with the stop, and whoever reclaims the element runs it again.
            custody.Leave(element);
            return;
        }

        if (error is not null)
        {
            Fail(element, error, worked);
            return;
        }

        if (route is GivenBackRoute)
        {
            lock (gate)
                givenBack.Add(element);
            return;
        }

        element.Pending = builder.ForRoute(node, element, route, worked);
        outbox.Add(element);
    }

    private void Fail(InFlight element, Exception error, TimeSpan worked)
    {
        element.Pending = builder.ForFailure(node, element, error, worked);
        outbox.Add(element);
    }

    private bool TryTake(Run run)
    {
        Run? another;
        lock (gate)
        {
            // Read again: the lease can run out, or the node be stopped or limited, between two elements.
            bool mayRun = !run.IsGivenUp && !isStopping && custody.MayRun && runs.Count <= throttle.RunsMax;
            int max = mayRun ? Math.Min(code.BatchMax, ready.Count) : 0;
            int granted = max == 0 ? 0 : throttle.Take(max);
            if (granted == 0)
            {
                if (runs.Remove(run))
                    run.Dispose();
                if (max > 0)
                    RefillLater();
                return false;
            }

            // One that has failed runs alone, so that it does not take a batch of others with it again.
            do
                run.Elements.Add(ready.Dequeue());
            while (run.Elements.Count < granted && run.Elements[0].Attempt == 1 && ready.Peek().Attempt == 1);
            run.Begin(context.Time.GetTimestamp());
            another = NextRun();
        }

        if (another is not null)
            context.Scheduler.Schedule(another);
        return true;
    }

    /// <summary>Takes the elements off a run that has ended; null when it was given up meanwhile.</summary>
    private IReadOnlyList<InFlight>? TryFinish(Run run, out TimeSpan worked)
    {
        worked = context.Time.GetElapsedTime(run.BeganAt);
        lock (gate)
        {
            if (run.IsGivenUp)
                return null;
            averageRunTicks = Math.Max(1, averageRunTicks + ((worked.Ticks - averageRunTicks) / 16));
            InFlight[] finished = [.. run.Elements];
            run.Elements.Clear();
            return finished;
        }
    }

    /// <summary>Another run, when elements are ready and the limits allow one. Call with the lock held.</summary>
    private Run? NextRun()
    {
        if (ready.Count == 0 || runs.Count >= throttle.RunsMax || isStopping || !custody.MayRun)
            return null;
        Run run = new(this);
        runs.Add(run);
        return run;
    }

    private bool IsPastItsTime(Run run) =>
        run.Elements.Count > 0 && context.Time.GetElapsedTime(run.BeganAt) >= node.Definition.RunTimeMax;

    private bool IsPastGivingUp(Run run) =>
        IsPastItsTime(run) && run.CancelledAt is { } at && context.Time.GetElapsedTime(at) >= GiveUpAfter;

    private CancellationTokenSource?[] MarkCancelled(IEnumerable<Run> those)
    {
        long now = context.Time.GetTimestamp();
        return [.. those.Select(run => run.MarkCancelled(now))];
    }

    private void Cancel(CancellationTokenSource?[] sources) =>
        Run.Cancel(sources, thrown => LogCallbackThrew(node.Address, thrown));

    private void RefillLater()
    {
        TimeSpan wait = throttle.UntilNext();
        refill ??= context.Time.CreateTimer(_ => Resume(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        refill.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private int HeldMax => throttle.HeldMax(averageRunTicks, runs);

    private TimeoutException TooLong() =>
        new($"The run took longer than {node.Definition.RunTimeMax}, the node's limit.");

    [LoggerMessage(
        2201, LogLevel.Error,
        "Gave up the run of element {Element} at {Node}: it went on past {Limit} although its token was cancelled")]
    private partial void LogGivenUp(ElementId element, NodeAddress node, TimeSpan limit);

    [LoggerMessage(2202, LogLevel.Warning, "A callback on the token of a run at {Node} threw")]
    private partial void LogCallbackThrew(NodeAddress node, Exception error);
}
