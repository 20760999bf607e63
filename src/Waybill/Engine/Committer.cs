using Microsoft.Extensions.Logging;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Writes finished runs to the store, all that have gathered in one commit, and hands the elements on. One commit at a
/// time: while it is under way, the next gathers.
/// </summary>
internal sealed partial class Committer(EngineContext context, HostedNodes hosted, Outbox outbox, Custody custody)
{
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(5);

    private readonly ILogger log = context.Logging.CreateLogger<Committer>();

    // Elements of a commit of which nobody knows whether it was applied. Settled before anything else is committed.
    private readonly List<InFlight> doubtful = [];

    // When the store last refused to take an element even among the sidelined.
    private long refusedAt;

    /// <summary>Raised after each commit: there may be room for more elements.</summary>
    public event Action? Committed;

    /// <summary>
    /// Raised when this process owns an element, and does not know at which node. Nobody else can take it over while
    /// the epoch lives, so that must end.
    /// </summary>
    public event Action<WorkerEpoch>? Doubted;

    /// <summary>Raised when a hop of this process left an element held at an aggregation queue.</summary>
    public event Action<NodeAddress>? Held;

    /// <summary>Commits once what has gathered. False when there was nothing to do.</summary>
    /// <exception cref="StoreUnavailableException">
    /// Nothing was written; what had gathered is kept for the next pass.
    /// </exception>
    public async Task<bool> CommitOnceAsync()
    {
        if (custody.Epoch is not { } epoch)
        {
            DropForgotten();
            return false;
        }

        if (doubtful.Count > 0)
            await SettleAsync(epoch);

        List<InFlight> batch = outbox.Take(context.Options.CommitBatchMax);
        batch.RemoveAll(DropIfForgotten);
        SetRepeatedAside(batch);
        if (batch.Count == 0)
            return false;

        IReadOnlyList<HopOutcome> outcomes;
        try
        {
            outcomes = await context.Commits.WatchAsync(
                () => context.Store.Elements.CommitAsync(epoch, ToHops(batch), CancellationToken.None));
        }
        catch (Exception error) when (error is StoreUnavailableException or StoreBrokenException or EpochLostException)
        {
            outbox.PutBack(batch);
            throw;
        }
        catch (CommitOutcomeUnknownException unknown)
        {
            LogUnknown(batch.Count, unknown);
            doubtful.AddRange(batch);
            outbox.Wake.Set();
            return true;
        }
        catch (Exception error)
        {
            Isolate(batch, error);
            return true;
        }

        for (int i = 0; i < batch.Count; i++)
        {
            bool isApplied = outcomes[i].Status == HopStatus.Applied;
            if (!DropIfForgotten(batch[i], isApplied ? batch[i].Pending!.Hop.Kind : null))
                Conclude(batch[i], outcomes[i]);
        }

        Committed?.Invoke();
        return true;
    }

    /// <summary>Takes up again, some seconds later, what could not even be sidelined.</summary>
    public void Poll()
    {
        if (context.Time.GetElapsedTime(Volatile.Read(ref refusedAt)) >= RefusedPause)
            outbox.TakeAside().ForEach(outbox.Add);
    }

    /// <summary>
    /// Lets go of what the store did not take even among the sidelined, so that a stop does not wait for it: it is run
    /// again by whoever takes over after this epoch.
    /// </summary>
    public void ForgetAside()
    {
        foreach (InFlight element in outbox.TakeAside())
            Forget(element, element.Pending!);
    }

    /// <summary>
    /// A hop in doubt may come through after all, and its element be claimed anew: two hops of one element cannot share
    /// a commit.
    /// </summary>
    private void SetRepeatedAside(List<InFlight> batch)
    {
        if (!batch.Exists(element => element.IsInDoubt))
            return;
        HashSet<long> keys = [];
        InFlight[] repeated = [.. batch.Where(element => !keys.Add(element.Key))];
        batch.RemoveAll(repeated.Contains);
        Array.ForEach(repeated, outbox.Add);
    }

    private static Hop[] ToHops(List<InFlight> batch)
    {
        Hop[] hops = new Hop[batch.Count];
        for (int i = 0; i < hops.Length; i++)
            hops[i] = batch[i].Pending!.Hop;
        return hops;
    }

    /// <summary>
    /// Lets go of what gathered under a lost epoch. At once, because the places that it reserved are what the next
    /// epoch claims into.
    /// </summary>
    private void DropForgotten()
    {
        doubtful.RemoveAll(DropIfForgotten);
        List<InFlight> gathered = outbox.TakeAll();
        gathered.RemoveAll(DropIfForgotten);
        if (gathered.Count > 0)
            outbox.PutBack(gathered);
    }

    private bool DropIfForgotten(InFlight element) => DropIfForgotten(element, null);

    /// <summary>Lets go of an element whose epoch was lost meanwhile.</summary>
    /// <param name="element">The element.</param>
    /// <param name="applied">The kind of its hop, when that is known to be applied.</param>
    private bool DropIfForgotten(InFlight element, JournalKind? applied)
    {
        if (custody.IsHeld(element))
            return false;
        element.Settled(applied);
        element.Pending!.HandOverTo?.CancelReservation();
        return true;
    }

    private void Conclude(InFlight element, HopOutcome outcome)
    {
        PendingHop pending = element.Pending!;
        NodeRunner runner = hosted.Find(element.Node)!;
        switch (outcome.Status)
        {
            case HopStatus.Applied:
                Applied(element, pending, runner);
                break;
            case HopStatus.CancelPending:
                element.Replace(hosted.Builder.ForFoundCancel(runner.Node, element, pending));
                outbox.Add(element);
                break;
            case HopStatus.ChangePending:
                element.Replace(hosted.Builder.ForChanges(element, pending, outcome.Changes!));
                outbox.Add(element);
                break;
            case HopStatus.WriteFailed:
                pending.HandOverTo?.CancelReservation();
                element.Replace(
                    hosted.Builder.ForFailure(runner.Node, element, outcome.Error!, pending.Hop.Worked));
                outbox.Add(element);
                break;
            case HopStatus.Lost when element.IsInDoubt:
                // The commit in doubt may have come through between the re-read and this commit: read once more.
                doubtful.Add(element);
                outbox.Wake.Set();
                break;
            default:
                LogLost(element.Id, element.Hop, element.Node);
                Forget(element, pending);
                break;
        }
    }

    /// <summary>
    /// The store refused a whole commit for a reason that no retry mends: its hops are tried one by one, so that only
    /// the culprit fails. What cannot even be sidelined is set aside and tried again: nobody else can take it over.
    /// </summary>
    private void Isolate(List<InFlight> batch, Exception error)
    {
        if (batch.Count > 1)
        {
            LogIsolating(batch.Count, error);
            batch.ForEach(element => element.GoesAlone = true);
            outbox.PutBack(batch);
            return;
        }

        InFlight culprit = batch[0];
        PendingHop pending = culprit.Pending!;
        LogRefused(culprit.Id, culprit.Node, error);
        culprit.GoesAlone = true;
        if (pending.Hop.Kind == JournalKind.Sidelined)
        {
            Volatile.Write(ref refusedAt, context.Time.GetTimestamp());
            outbox.SetAside(culprit);
            return;
        }

        pending.HandOverTo?.CancelReservation();
        RouteException refused = new(HopBuilder.StoreRefused, $"The store cannot take this hop: {error.Message}");
        culprit.Replace(hosted.Builder.ForFailure(
            hosted.Find(culprit.Node)!.Node, culprit, refused, pending.Hop.Worked));
        outbox.Add(culprit);
    }

    private void Applied(InFlight element, PendingHop pending, NodeRunner runner)
    {
        runner.Counters.Committed(pending.Hop.Kind);
        element.Settled(pending.Hop.Kind);
        foreach (ChangeAnswer answer in pending.Hop.Changes)
            context.Endings.Ended(answer.Change);
        if (pending.HandOverTo is { } next)
        {
            element.MovedTo(next.Node.Address, pending.Hop);
            next.Add(element, isReserved: true);
            return;
        }

        custody.Leave(element);
        if (pending.Hop.To is Destination.End)
            context.Endings.Ended(element.Id);
        else if (pending.Hop.To is Destination.Enqueue { Slot: { Held: not null } slot, Delay: null, Due: null })
            Held?.Invoke(slot.Node);
    }

    /// <summary>
    /// Finds out, by fence, what became of a commit whose outcome is unknown. What it did not move is committed again
    /// before anything else; what comes into doubt a second time goes alone, since it may be what breaks commits off.
    /// </summary>
    private async Task SettleAsync(WorkerEpoch epoch)
    {
        doubtful.RemoveAll(DropIfForgotten);
        IReadOnlyList<ElementFence> fences = await context.Store.Elements.FencesAsync(
            [.. doubtful.Select(element => element.Key)], CancellationToken.None);
        Dictionary<long, ElementFence> byKey = fences.ToDictionary(fence => fence.Key);
        List<InFlight> unmoved = [];
        foreach (InFlight element in doubtful.Where(element => !DropIfForgotten(element)))
        {
            PendingHop pending = element.Pending!;
            ElementFence? fence = byKey.GetValueOrDefault(element.Key);
            bool isOurs = fence?.Owner == epoch;
            bool hasMoved = fence?.Hop != pending.Hop.From;
            if (isOurs && !hasMoved)
                unmoved.Add(element);
            else if (isOurs && element.MayBeElsewhere)
                GiveUp(element, epoch);
            else if (hasMoved && (isOurs || pending.HandOverTo is null))
                Applied(element, pending, hosted.Find(element.Node)!);
            else
                Forget(element, pending);
        }

        doubtful.Clear();
        bool isSecondTime = unmoved.Exists(element => element.IsInDoubt);
        foreach (InFlight element in unmoved)
        {
            element.GoesAlone |= isSecondTime;
            element.IsInDoubt = true;
        }

        if (unmoved.Count > 0)
            outbox.PutBack(unmoved);
    }

    private void GiveUp(InFlight element, WorkerEpoch epoch)
    {
        Doubted?.Invoke(epoch);
        DropIfForgotten(element);
    }

    private void Forget(InFlight element, PendingHop pending)
    {
        element.Settled(null);
        pending.HandOverTo?.CancelReservation();
        custody.Leave(element);
    }

    [LoggerMessage(
        2101, LogLevel.Warning,
        "The outcome of a commit of {Count} hops is unknown; they will be re-read by fence")]
    private partial void LogUnknown(int count, Exception error);

    [LoggerMessage(
        2103, LogLevel.Error,
        "The store refused a commit of {Count} hops; they will be tried one by one")]
    private partial void LogIsolating(int count, Exception error);

    [LoggerMessage(
        2104, LogLevel.Error,
        "The store refused a hop of element {Element} at {Node}")]
    private partial void LogRefused(ElementId element, NodeAddress node, Exception error);

    [LoggerMessage(
        2102, LogLevel.Warning,
        "Element {Element} is no longer owned at hop {Hop} of {Node}; its run was in vain")]
    private partial void LogLost(ElementId element, int hop, NodeAddress node);
}
