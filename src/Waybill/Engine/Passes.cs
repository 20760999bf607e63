namespace Waybill.Engine;

/// <summary>
/// The parts of one worker process, each a set of bounded passes. The worker calls them in loops; the simulator calls
/// them one at a time, in an order of its own.
/// </summary>
internal sealed class Passes : IDisposable
{
    public Passes(EngineContext context, IServiceProvider services)
    {
        Context = context;
        Custody = new Custody(context.Time, context.Options.StoreLease);
        Outbox = new Outbox();
        Hosted = new HostedNodes(context, services, Outbox, Custody);
        Committer = new Committer(context, Hosted, Outbox, Custody);
        Claimer = new Claimer(context, Hosted, Outbox, Custody);
        Controls = new Controls(context, Hosted, Claimer);
        Caretaker = new Caretaker(context, Hosted, Claimer, Custody);
        Resolver = new ChangeResolver(context.Site, context.Store, context.Endings);
        Releaser = new Releaser(context, Hosted);
        Committer.Committed += Claimer.RoomMade;
        Committer.Held += Releaser.Held;
        Committer.Doubted += Caretaker.Abandon;
        Claimer.Doubted += Caretaker.Abandon;
        foreach (NodeRunner runner in Hosted.All)
            runner.FollowRoom(Claimer.RoomMade);
        context.Store.Arrived += Claimer.Arrived;
    }

    public EngineContext Context { get; }

    public Custody Custody { get; }

    public Outbox Outbox { get; }

    public HostedNodes Hosted { get; }

    public Committer Committer { get; }

    public Claimer Claimer { get; }

    public Controls Controls { get; }

    public Caretaker Caretaker { get; }

    public ChangeResolver Resolver { get; }

    /// <summary>
    /// Answers changes at elements that nobody owns, where any workflow of the site declares changes. Returns how many.
    /// </summary>
    public async Task<int> ResolveChangesOnceAsync() =>
        Context.Site.HasChanges ? await Resolver.ResolveOnceAsync(null, CancellationToken.None) : 0;

    public Releaser Releaser { get; }

    /// <summary>Looks at every queue again, and takes up what the store refused.</summary>
    public void Poll()
    {
        Claimer.Poll();
        Releaser.Poll();
        Committer.Poll();
    }

    /// <summary>
    /// Claims and begins no more; gives back what was not begun, and lets go of what the store refuses. What has begun
    /// goes on.
    /// </summary>
    public async Task StopTakingAsync()
    {
        Claimer.Stop();
        Committer.ForgetAside();
        await Claimer.ReleaseAsync([.. Hosted.All.SelectMany(runner => runner.Stop()).Where(Custody.IsHeld)]);
    }

    /// <summary>
    /// Ends the epoch. What is still owned goes back to its queues with the next reclaim, here at once.
    /// </summary>
    public async Task LeaveAsync()
    {
        if (Custody.Epoch is not { } epoch)
            return;
        await Context.Store.Workers.LeaveAsync(epoch, CancellationToken.None);
        Custody.Lose(epoch);
        while (await Caretaker.ReclaimOnceAsync() > 0)
        {
            // Until nothing is left to return.
        }
    }

    public void Dispose()
    {
        Context.Store.Arrived -= Claimer.Arrived;
        Hosted.Dispose();
        Outbox.Dispose();
        Claimer.Dispose();
        Releaser.Dispose();
    }
}
