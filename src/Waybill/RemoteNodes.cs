using Waybill.Definition;
using Waybill.Engine.Remote;
using Waybill.Stores;

namespace Waybill;

/// <summary>
/// The desk at which remote workers take the work of nodes that are declared to run remotely, and bring it back. One
/// for each process that hosts such nodes. Thread-safe. How it works is told in <c>Engine/Remote/remote-nodes.md</c>.
/// </summary>
public sealed class RemoteNodes
{
    // So long an element waits in this process for the next claim, when the one that asked for it has gone.
    private static readonly TimeSpan OfferMax = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly RemoteOffers offers = new();
    private readonly RemoteLeases leases;
    private readonly RemoteLeaseNames names;
    private readonly TimeProvider time;
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RemoteRoutes? routes;
    private bool isDraining;

    internal RemoteNodes(TimeProvider time, RemoteLeaseNames names)
    {
        this.time = time;
        this.names = names;
        leases = new RemoteLeases(time, names.New);
    }

    /// <summary>The nodes that are run remotely and hosted by this process; none before its worker starts.</summary>
    public IReadOnlyList<NodeAddress> Nodes
    {
        get
        {
            lock (gate)
                return offers.Nodes;
        }
    }

    /// <summary>How many claims wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return offers.Waiting;
        }
    }

    /// <summary>How many runs are in the hands of remote workers now, or on the way from there to the store.</summary>
    public int Leased
    {
        get
        {
            lock (gate)
                return leases.Count;
        }
    }

    /// <summary>
    /// Hands elements out, each under a lease of its own; waits for the first, and brings whatever is there by then.
    /// </summary>
    /// <param name="claim">Of which nodes, how many, how long to wait.</param>
    /// <param name="cancel">Stops waiting; nothing is handed out.</param>
    /// <returns>None when nothing came in time, or this process is about to stop.</returns>
    /// <exception cref="RemoteClaimException">
    /// The claim is out of bounds, or names a node that is not run remotely here.
    /// </exception>
    public async Task<IReadOnlyList<RemoteWork>> ClaimAsync(RemoteClaim claim, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(claim);
        claim.Check();
        long began = time.GetTimestamp();
        (RemotePoll poll, List<RemoteWork> taken) = Begin(claim);
        if (taken.Count > 0)
            return taken;
        foreach (RemoteQueue queue in poll.Queues)
            queue.RoomGrew();
        try
        {
            while (taken.Count == 0 && !isDraining)
            {
                TimeSpan left = claim.Wait - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                    break;
                // Time wakes it as an offer does: one task to wait for.
                await using (time.CreateTimer(_ => Wake(poll), null, left, Timeout.InfiniteTimeSpan))
                    await poll.Woken.WaitAsync(cancel);
                taken = Take(poll);
            }
        }
        finally
        {
            lock (gate)
                offers.Leave(poll);
        }

        return taken;
    }

    /// <summary>
    /// Whether a lease was given by another process: nothing is known of it here, and that process may still hold it.
    /// </summary>
    /// <param name="lease">The lease.</param>
    public bool IsOfAnother(string lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return names.IsOfAnother(lease);
    }

    /// <summary>Extends leases, each by the lease that its node declares, from now.</summary>
    /// <param name="held">Leases.</param>
    /// <returns>
    /// For each, in order: how long it lasts now, never longer than the node's timeout lets the run go on; null when it
    /// is lost, or another process gave it (<see cref="IsOfAnother"/>).
    /// </returns>
    public IReadOnlyList<TimeSpan?> Extend(IReadOnlyList<string> held)
    {
        ArgumentNullException.ThrowIfNull(held);
        lock (gate)
            return [.. held.Select(leases.Extend)];
    }

    /// <summary>
    /// Takes a route and waits until its hop is committed. Asked again with the same lease, it gives the same answer,
    /// for 5 minutes; the first route that was accepted counts.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="route">Where the element goes.</param>
    /// <param name="cancel">Stops waiting; what was accepted is committed all the same.</param>
    public async Task<RemoteAnswer> CompleteAsync(string lease, RemoteRoute route, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (Find(lease) is not { } run)
            return IsOfAnother(lease) ? RemoteAnswer.Elsewhere : RemoteAnswer.Lost;
        try
        {
            Route read = routes!.Read(run, route);
            lock (gate)
            {
                if (run.State == RemoteState.Leased)
                    run.Bring(read, kind => Settle(run, kind));
            }
        }
        catch (RouteException refused) when (Find(lease) is { State: RemoteState.Leased })
        {
            Extend([lease]);
            return new RemoteAnswer(RemoteOutcome.Refused, refused.Code, refused.Message);
        }
        catch (RouteException)
        {
            // It is too late for another route; the answer to the first one counts.
        }

        return await run.Answer.WaitAsync(cancel);
    }

    /// <summary>
    /// Ends a run as failed and waits until that is committed. Asked again with the same lease, it gives the same
    /// answer.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="failure">Why.</param>
    /// <param name="cancel">Stops waiting; the failure is committed all the same.</param>
    public async Task<RemoteAnswer> FailAsync(string lease, RemoteFailure failure, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (Find(lease) is not { } run)
            return IsOfAnother(lease) ? RemoteAnswer.Elsewhere : RemoteAnswer.Lost;
        RemoteFailureException error = RemoteFailureException.Of(failure);
        lock (gate)
        {
            if (run.State == RemoteState.Leased)
                run.BringFailure(error, kind => Settle(run, kind));
        }

        return await run.Answer.WaitAsync(cancel);
    }

    /// <summary>
    /// Hands out nothing more; waits for what was handed out, and then gives the rest back to its queues.
    /// </summary>
    internal async Task DrainAsync(TimeSpan limit, CancellationToken cancel)
    {
        lock (gate)
        {
            isDraining = true;
            offers.WakeAll();
            foreach (RemoteRun run in offers.OfferedUntil(long.MaxValue))
                GiveBack(run);
            NoteDrained();
        }

        await using (time.CreateTimer(_ => drained.TrySetResult(), null, limit, Timeout.InfiniteTimeSpan))
        await using (cancel.UnsafeRegister(_ => drained.TrySetResult(), null))
            await drained.Task;
        lock (gate)
        {
            foreach (RemoteRun run in leases.Held())
                GiveBack(run);
        }
    }

    internal long Now => time.GetTimestamp();

    /// <summary>Makes place for a node whose work is done remotely.</summary>
    internal void Open(SiteDefinition site, RemoteQueue queue)
    {
        lock (gate)
        {
            routes ??= new RemoteRoutes(site);
            offers.Open(queue);
        }
    }

    /// <summary>How many runs may go on at a node now.</summary>
    internal int RunsMaxAt(RemoteQueue queue)
    {
        lock (gate)
            return isDraining ? queue.Running : queue.RunsMax;
    }

    /// <summary>Offers an element and waits for what becomes of it.</summary>
    internal async Task<Route> RunAsync(RemoteRun run, CancellationToken cancel)
    {
        lock (gate)
        {
            run.Queue.Running++;
            offers.Offer(run);
        }

        try
        {
            await using CancellationTokenRegistration lost =
                cancel.UnsafeRegister((_, token) => Lose(run, token), null);
            return await run.Route;
        }
        finally
        {
            lock (gate)
                run.Queue.Running--;
        }
    }

    /// <summary>
    /// One bounded pass: leases that were not extended lapse, offers that nobody took go back, old answers go.
    /// </summary>
    internal void SweepOnce()
    {
        lock (gate)
        {
            foreach (RemoteRun run in leases.Lapsed())
            {
                leases.Remove(run);
                run.Lapse();
            }

            long longAgo = time.GetTimestamp() - (long)(OfferMax.TotalSeconds * time.TimestampFrequency);
            foreach (RemoteRun run in offers.OfferedUntil(longAgo))
                GiveBack(run);
            leases.Tidy();
            NoteDrained();
        }
    }

    private (RemotePoll Poll, List<RemoteWork> Taken) Begin(RemoteClaim claim)
    {
        lock (gate)
        {
            RemotePoll poll = new(claim, offers.Meant(claim.Nodes));
            List<RemoteWork> taken = Take(poll);
            if (taken.Count == 0)
                offers.Wait(poll);
            return (poll, taken);
        }
    }

    private void Wake(RemotePoll poll)
    {
        lock (gate)
            poll.Wake();
    }

    private List<RemoteWork> Take(RemotePoll poll)
    {
        lock (gate)
        {
            if (isDraining)
                return [];
            List<RemoteWork> taken =
                [.. RemoteOffers.Take(poll).Select(run => leases.HandOut(run, poll.Claim.Worker))];
            // It asks for no more from the same moment on.
            if (taken.Count > 0)
                offers.Leave(poll);
            else
                poll.Reset();
            return taken;
        }
    }

    private RemoteRun? Find(string lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        lock (gate)
            return leases.Find(lease);
    }

    private void Settle(RemoteRun run, JournalKind? kind)
    {
        lock (gate)
        {
            leases.Settle(run, kind);
            NoteDrained();
        }
    }

    private void Lose(RemoteRun run, CancellationToken token)
    {
        lock (gate)
        {
            if (Withdraw(run))
                run.Lose(token);
            NoteDrained();
        }
    }

    private void GiveBack(RemoteRun run)
    {
        if (Withdraw(run))
            run.GiveBack();
    }

    private bool Withdraw(RemoteRun run)
    {
        if (run.State == RemoteState.Offered)
            run.Queue.Remove(run);
        else if (run.State == RemoteState.Leased)
            leases.Remove(run);
        return run.State is RemoteState.Offered or RemoteState.Leased;
    }

    private void NoteDrained()
    {
        if (isDraining && leases.Count == 0)
            drained.TrySetResult();
    }
}
