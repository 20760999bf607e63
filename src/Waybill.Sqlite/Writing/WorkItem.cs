namespace Waybill.Sqlite.Writing;

/// <summary>One call of a store method that writes, on its way through the writer.</summary>
internal abstract class WorkItem
{
    /// <summary>About how many rows of elements it writes; bounds the transaction that it shares with others.</summary>
    public required int Weight { get; init; }

    /// <summary>
    /// Whether it may be lost when the machine fails, though not when the process does: the transaction needs no fsync.
    /// </summary>
    public required bool IsExpendable { get; init; }

    /// <summary>Ends it when its caller no longer waits.</summary>
    public abstract bool TryWithdraw();

    /// <summary>Writes. Runs again from the start when another item spoiled the transaction.</summary>
    public abstract void Run(Session session);

    /// <summary>Notes that it failed in place of its result; the caller hears of it on completion.</summary>
    public abstract void Note(Exception error);

    /// <summary>Gives the caller the result, once it is durable, or the error that was noted.</summary>
    public abstract void Complete();
}

internal sealed class WorkItem<T>(Func<Session, T> work, CancellationToken cancel) : WorkItem
{
    // The writer must not run what its callers do next.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private T? result;
    private Exception? error;

    public Task<T> Completion => completion.Task;

    public override bool TryWithdraw() => cancel.IsCancellationRequested && completion.TrySetCanceled(cancel);

    public override void Run(Session session)
    {
        error = null;
        result = work(session);
    }

    public override void Note(Exception error) => this.error = error;

    public override void Complete()
    {
        if (error is not null)
            completion.TrySetException(error);
        else
            completion.TrySetResult(result!);
    }
}
