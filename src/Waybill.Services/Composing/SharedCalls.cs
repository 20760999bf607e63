namespace Waybill.Services.Composing;

/// <summary>
/// The calls of a page that equal ones share: the first makes it, the others get its result. It is cancelled when
/// nobody waits for it any more. Thread-safe.
/// </summary>
internal sealed class SharedCalls
{
    private readonly Lock gate = new();
    private readonly Dictionary<object, Shared> calls = [];
    private int joined;

    /// <summary>How many were spared.</summary>
    public int Joined => Volatile.Read(ref joined);

    /// <param name="key">What equal calls have in common.</param>
    /// <param name="call">Makes it, until the token is cancelled, with the time of whoever comes first.</param>
    /// <param name="cancel">Ends the wait, and the call if this was the last one to wait.</param>
    public async Task<object?> AskAsync(
        object key, Func<CancellationToken, Task<object?>> call, CancellationToken cancel)
    {
        while (true)
        {
            Shared shared = Join(key, out bool isFirst);
            if (isFirst)
                _ = RunAsync(key, shared, call);
            try
            {
                object? result = await shared.Result.Task.WaitAsync(cancel);
                if (!isFirst)
                    Interlocked.Increment(ref joined);
                return result;
            }
            catch (ServiceCallException error)
                when (IsOutOfTime(error) && !isFirst && !cancel.IsCancellationRequested)
            {
                // Whoever made it had less time than there is here: it is made anew.
            }
            finally
            {
                Leave(key, shared);
            }
        }
    }

    private static bool IsOutOfTime(Exception error) =>
        error is ServiceCallException { Failure: CallFailure.DeadlinePassed };

    private Shared Join(object key, out bool isFirst)
    {
        lock (gate)
        {
            isFirst = !calls.TryGetValue(key, out Shared? found);
            Shared shared = found ?? new Shared();
            shared.Waiting++;
            calls[key] = shared;
            return shared;
        }
    }

    private async Task RunAsync(object key, Shared shared, Func<CancellationToken, Task<object?>> call)
    {
        try
        {
            shared.Result.TrySetResult(await call(shared.Cancel.Token));
        }
        catch (Exception error)
        {
            if (IsOutOfTime(error))
            {
                lock (gate)
                    Forget(key, shared);
            }

            shared.Result.TrySetException(error);
            // Seen, even when all who waited have left.
            _ = shared.Result.Task.Exception;
        }
    }

    private void Leave(object key, Shared shared)
    {
        lock (gate)
        {
            if (--shared.Waiting > 0 || shared.Result.Task.IsCompleted)
                return;
            // Who asks from now on must not get the result of a call that was given up.
            Forget(key, shared);
        }

        shared.Cancel.Cancel();
    }

    private void Forget(object key, Shared shared)
    {
        if (calls.TryGetValue(key, out Shared? current) && current == shared)
            calls.Remove(key);
    }

    private sealed class Shared
    {
        public TaskCompletionSource<object?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Cancel { get; } = new();

        public int Waiting { get; set; }
    }
}
