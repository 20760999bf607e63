using Waybill.Stores;

namespace Waybill.Engine.Remote;

/// <summary>What a run at a remote node is doing.</summary>
internal enum RemoteState
{
    /// <summary>Waits to be handed out.</summary>
    Offered = 0,

    /// <summary>A worker has it.</summary>
    Leased = 1,

    /// <summary>A worker has brought a route, and its hop is on the way to the store.</summary>
    Settling = 2,

    /// <summary>Over.</summary>
    Ended = 3,
}

/// <summary>One run of an element at a remote node. The desk's lock guards all that changes.</summary>
internal sealed class RemoteRun(
    RemoteQueue queue, InFlight element, ReadOnlyMemory<byte> data, IReadOnlyList<Reply> replies, long offeredAt)
{
    private readonly TaskCompletionSource<Route> route = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RemoteAnswer> answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A run is made inside its activity, and handed out by whoever asks for work.
    private readonly string? trace = Tracing.Current;

    public RemoteQueue Queue { get; } = queue;

    // The element belongs to the engine again as soon as the route is given, so what a worker's route is held against
    // is kept apart.
    public ReadOnlyMemory<byte> Data { get; } = data;

    public bool HasUnknownMembers { get; } = element.HasUnknownMembers;

    public long OfferedAt { get; } = offeredAt;

    public RemoteState State { get; private set; }

    public string Lease { get; private set; } = "";

    public string Worker { get; private set; } = "";

    /// <summary>When it was last handed out, extended or, at the end, answered.</summary>
    public long HeardAt { get; private set; }

    public Task<Route> Route => route.Task;

    public Task<RemoteAnswer> Answer => answer.Task;

    public RemoteWork HandOut(string lease, string worker, long now, TimeSpan runFor)
    {
        (State, Lease, Worker, HeardAt) = (RemoteState.Leased, lease, worker, now);
        ElementHeader header = element.ToHeader();
        return new RemoteWork
        {
            Lease = lease,
            LeaseFor = runFor < Queue.Lease ? runFor : Queue.Lease,
            RunFor = runFor,
            Id = header.Id,
            BusinessKey = header.BusinessKey,
            Node = header.Node,
            Hop = header.Hop,
            Attempt = header.Attempt,
            IdempotencyKey = header.IdempotencyKey,
            Trace = trace,
            AcceptedAt = header.AcceptedAt,
            Caller = header.Caller,
            CancelRequested = header.CancelRequested,
            Failure = header.Failure,
            Data = Data,
            Replies = replies,
            TimedOut = element.AwaitedSignal is not null && replies.Count == 0,
        };
    }

    public void Heard(long now) => HeardAt = now;

    /// <summary>Gives a worker's route to the engine.</summary>
    /// <param name="brought">The route.</param>
    /// <param name="settled">Told when its hop is committed, or dropped.</param>
    public void Bring(Route brought, Action<JournalKind?> settled)
    {
        State = RemoteState.Settling;
        element.WhenSettled = settled;
        route.TrySetResult(brought);
    }

    /// <summary>As <see cref="Bring"/>, for a run that a worker says has failed.</summary>
    public void BringFailure(RemoteFailureException failure, Action<JournalKind?> settled)
    {
        State = RemoteState.Settling;
        element.WhenSettled = settled;
        route.TrySetException(failure);
    }

    public void Settle(RemoteAnswer given, long now)
    {
        (State, HeardAt) = (RemoteState.Ended, now);
        answer.TrySetResult(given);
    }

    public void Lapse()
    {
        End();
        route.TrySetException(RemoteFailureException.Lapsed(Worker, Queue.Lease));
    }

    public void Lose(CancellationToken cancelled)
    {
        End();
        route.TrySetCanceled(cancelled);
    }

    /// <summary>Gives the element back to its queue in the store.</summary>
    public void GiveBack()
    {
        End();
        route.TrySetResult(new GivenBackRoute());
    }

    private void End()
    {
        State = RemoteState.Ended;
        answer.TrySetResult(RemoteAnswer.Lost);
    }
}
