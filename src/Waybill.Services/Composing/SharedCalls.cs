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
    /// <param name="call">Makes it, until the token is cancelled.</param>
    /// <param name="cancel">Ends the wait, and the call if this was the last one to wait.</param>
    public async Task<object?> AskAsync(
        object key, Func<CancellationToken, Task<object?>> call, CancellationToken cancel)
    {
        bool isFirst;
        Shared shared;
        lock (gate)
        {
            isFirst = !calls.TryGetValue(key, out Shared? found);
            shared = found ?? new Shared();
            shared.Waiting++;
            calls[key] = shared;
        }

        if (isFirst)
            _ = RunAsync(shared, call);
        else
            Interlocked.Increment(ref joined);
        try
        {
            return await shared.Result.Task.WaitAsync(cancel);
        }
        finally
        {
            Leave(key, shared);
        }
    }

    private static async Task RunAsync(Shared shared, Func<CancellationToken, Task<object?>> call)
    {
        try
        {
            shared.Result.TrySetResult(await call(shared.Cancel.Token));
        }
        catch (Exception error)
        {
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
            calls.Remove(key);
        }

        shared.Cancel.Cancel();
    }

    private sealed class Shared
    {
        public TaskCompletionSource<object?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Cancel { get; } = new();

        public int Waiting { get; set; }
    }
}
