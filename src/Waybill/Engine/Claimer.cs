using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Takes ready elements from the store, as far as the process and each node have room.</summary>
internal sealed class Claimer(EngineContext context, HostedNodes hosted, Outbox outbox, Custody custody) : IDisposable
{
    private readonly BatchMembers members = new(context.Store, context.Site.Codecs);
    private int first;
    private volatile bool isStopping;

    /// <summary>
    /// Raised when nobody knows what a claim brought. What a live worker owns is never taken over, so the epoch must
    /// end for those elements to go on.
    /// </summary>
    public event Action<WorkerEpoch>? Doubted;

    /// <summary>Set when a claim may bring something.</summary>
    public Wake Wake { get; } = new();

    /// <summary>A hint that a node has ready elements.</summary>
    public void Arrived(NodeAddress node)
    {
        if (hosted.Find(node) is not { } runner)
            return;
        runner.WantsClaim = true;
        Wake.Set();
    }

    /// <summary>
    /// Looks at every node again: the safety net under hints that were lost, and what makes delayed elements due.
    /// </summary>
    public void Poll()
    {
        foreach (NodeRunner runner in hosted.All)
            runner.WantsClaim = true;
        Wake.Set();
    }

    /// <summary>Goes on where more are known to wait and there may be room now.</summary>
    public void RoomMade()
    {
        foreach (NodeRunner runner in hosted.All)
        {
            if (runner.WantsClaim || runner.HasBacklog)
            {
                Wake.Set();
                return;
            }
        }
    }

    public void Stop() => isStopping = true;

    /// <summary>Claims once. Returns how many elements came.</summary>
    public async Task<int> ClaimOnceAsync()
    {
        if (custody.Epoch is not { } epoch || isStopping)
            return 0;
        List<ClaimRequest> requests = Requests();
        if (requests.Count == 0)
            return 0;

        int generation = custody.Generation;
        IReadOnlyList<ClaimedElement> claimed;
        try
        {
            claimed = await context.Store.Elements.ClaimAsync(epoch, requests, CancellationToken.None);
        }
        catch (Exception error)
        {
            foreach (ClaimRequest request in requests)
                hosted.Find(request.Node)!.WantsClaim = true;
            if (error is CommitOutcomeUnknownException)
                Doubted?.Invoke(epoch);
            throw;
        }

        NoteBacklog(requests, claimed);
        foreach (ClaimedElement element in claimed)
            Take(new InFlight(element, generation, members));
        bool hasRoom = custody.Count < context.Options.InFlightMax;
        if (hasRoom && hosted.All.Any(runner => runner.WantsClaim && runner.Room > 0))
            Wake.Set();
        return claimed.Count;
    }

    /// <summary>
    /// Gives back what waits in memory and will not be run before long: its node was paused, or its code has less room.
    /// Returns how many.
    /// </summary>
    public async Task<int> GiveBackOnceAsync()
    {
        List<InFlight> excess = [.. hosted.All.SelectMany(runner => runner.TakeExcess()).Where(custody.IsHeld)];
        try
        {
            await ReleaseAsync(excess);
            return excess.Count;
        }
        catch (CommitOutcomeUnknownException) when (custody.Epoch is { } epoch)
        {
            Doubted?.Invoke(epoch);
            throw;
        }
        catch
        {
            foreach (InFlight element in excess.Where(custody.IsHeld))
                hosted.Find(element.Node)!.Add(element, isReserved: false);
            throw;
        }
    }

    /// <summary>Gives back what was not begun.</summary>
    public async Task ReleaseAsync(List<InFlight> unbegun)
    {
        if (custody.Epoch is { } epoch && unbegun.Count > 0)
        {
            Release[] releases = [.. unbegun.Select(e => new Release(e.Key, e.Hop, e.Attempt - 1))];
            await context.Store.Elements.ReleaseAsync(epoch, releases, CancellationToken.None);
        }

        unbegun.ForEach(custody.Leave);
    }

    public void Dispose() => Wake.Dispose();

    /// <summary>
    /// Asks for each node in turn, beginning with another each time, until the process has no room left.
    /// </summary>
    private List<ClaimRequest> Requests()
    {
        List<ClaimRequest> requests = [];
        int room = context.Options.InFlightMax - custody.Count;
        int count = hosted.All.Count;
        for (int i = 0; i < count && room > 0; i++)
        {
            NodeRunner runner = hosted.All[(first + i) % count];
            if (!runner.WantsClaim && !runner.HasBacklog)
                continue;
            int max = Math.Min(Math.Min(context.Options.ClaimBatchMax, runner.Room), room);
            if (max == 0)
            {
                // Until it can be asked what waits there, nothing is handed on past that.
                runner.HasBacklog = true;
                continue;
            }

            runner.WantsClaim = false;
            requests.Add(new ClaimRequest(runner.Node.Address, max));
            room -= max;
        }

        first = (first + 1) % Math.Max(count, 1);
        return requests;
    }

    private void NoteBacklog(List<ClaimRequest> requests, IReadOnlyList<ClaimedElement> claimed)
    {
        Dictionary<NodeAddress, int> counts = claimed.CountBy(element => element.Node).ToDictionary();
        foreach (ClaimRequest request in requests)
            hosted.Find(request.Node)!.HasBacklog = counts.GetValueOrDefault(request.Node) >= request.Max;
    }

    private void Take(InFlight element)
    {
        NodeRunner runner = hosted.Find(element.Node)!;
        if (!custody.TryEnter(element))
            return;
        // There the run goes on as if nobody had asked, and its hop refuses the cancel when the store finds it.
        element.CancelRequested &= !runner.Node.IsPastCancel;
        if (element.CancelRequested && element.Replies.Count == 0 && !runner.Node.IsUpgrade)
        {
            element.Pending = hosted.Builder.ForCancel(runner.Node, element, null);
            outbox.Add(element);
        }
        else if (element.Attempt > runner.Node.Definition.RetriesMax + 1)
        {
            RunsDiedException died = new(element.Attempt - 1);
            element.Pending = hosted.Builder.ForFailure(runner.Node, element, died, TimeSpan.Zero);
            outbox.Add(element);
        }
        else
        {
            runner.Add(element, isReserved: false);
        }
    }
}
