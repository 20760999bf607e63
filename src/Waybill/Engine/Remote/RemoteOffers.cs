namespace Waybill.Engine.Remote;

/// <summary>
/// What a process has on offer for remote workers, and the claims that wait for it. Not thread-safe: the desk's lock
/// guards it.
/// </summary>
internal sealed class RemoteOffers
{
    private readonly Dictionary<NodeAddress, RemoteQueue> queues = [];
    private readonly LinkedList<RemotePoll> polls = [];

    public IReadOnlyList<NodeAddress> Nodes => [.. queues.Keys];

    public int Waiting => polls.Count;

    public void Open(RemoteQueue queue) => queues[queue.Node.Address] = queue;

    /// <summary>The queues that a claim means, each once.</summary>
    /// <exception cref="RemoteClaimException">There is none of a name.</exception>
    public List<RemoteQueue> Meant(IReadOnlyList<RemoteNodeName> names)
    {
        List<RemoteQueue> meant = [];
        foreach (RemoteNodeName name in names)
        {
            RemoteQueue[] found = [.. queues.Values.Where(queue => IsMeant(name, queue.Node.Address))];
            if (found.Length == 0)
            {
                throw new RemoteClaimException(
                    $"This process has no node {name} that is run remotely. It has: "
                    + $"{(queues.Count == 0 ? "none" : string.Join(", ", queues.Keys))}.");
            }

            meant.AddRange(found.Except(meant));
        }

        return meant;
    }

    public void Offer(RemoteRun run)
    {
        run.Queue.Offer(run);
        WakeFor(run.Queue);
    }

    /// <summary>What nobody took, although it has stood here since an instant or longer.</summary>
    public RemoteRun[] OfferedUntil(long instant) =>
        [.. queues.Values.SelectMany(queue => queue.OfferedUntil(instant))];

    public void Wait(RemotePoll poll)
    {
        polls.AddLast(poll);
        foreach (RemoteQueue queue in poll.Queues)
            queue.Asked += poll.Share;
    }

    /// <summary>Ends a claim. What was meant for it, and it did not take, is meant for the next one.</summary>
    public void Leave(RemotePoll poll)
    {
        if (!polls.Remove(poll))
            return;
        foreach (RemoteQueue queue in poll.Queues)
        {
            queue.Asked -= poll.Share;
            if (queue.Next is not null)
                WakeFor(queue);
        }
    }

    public void WakeAll()
    {
        foreach (RemotePoll poll in polls)
            poll.Wake();
    }

    /// <summary>Takes what a claim may have, from each of its nodes in turn, the oldest first.</summary>
    public static List<RemoteRun> Take(RemotePoll poll)
    {
        List<RemoteRun> taken = [];
        long bytes = 0;
        bool hasMore = true;
        while (hasMore)
        {
            hasMore = false;
            foreach (RemoteQueue queue in poll.Queues)
            {
                if (taken.Count == poll.Claim.Max || queue.Next is not { } run)
                    continue;
                bytes += run.Data.Length;
                if (taken.Count > 0 && bytes > RemoteClaim.BytesMax)
                    return taken;
                queue.Remove(run);
                taken.Add(run);
                hasMore = true;
            }
        }

        return taken;
    }

    private void WakeFor(RemoteQueue queue) => polls
        .FirstOrDefault(poll => poll.Promised < poll.Claim.Max && poll.Queues.Contains(queue))
        ?.Promise();

    private static bool IsMeant(RemoteNodeName name, NodeAddress address) =>
        name.Workflow == address.Workflow
        && name.Node == address.Node
        && (name.Version is null || name.Version == address.Version);
}
