namespace Waybill.Engine.Remote;

/// <summary>A claim of a remote worker that waits. The desk's lock guards it.</summary>
internal sealed class RemotePoll(RemoteClaim claim, IReadOnlyList<RemoteQueue> queues)
{
    private TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RemoteClaim Claim { get; } = claim;

    public IReadOnlyList<RemoteQueue> Queues { get; } = queues;

    /// <summary>
    /// How much it asks of each of its nodes: in all about what it can take, so that no process claims much more than
    /// it will hand out.
    /// </summary>
    public int Share { get; } = (claim.Max + queues.Count - 1) / queues.Count;

    /// <summary>How many offers have woken it.</summary>
    public int Promised { get; private set; }

    public Task Woken => woken.Task;

    public void Promise()
    {
        Promised++;
        woken.TrySetResult();
    }

    public void Wake() => woken.TrySetResult();

    /// <summary>Waits anew: what it was woken for has gone to another.</summary>
    public void Reset()
    {
        Promised = 0;
        if (woken.Task.IsCompleted)
            woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
