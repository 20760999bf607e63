using System.Collections.Concurrent;

namespace Waybill.Services.Tests.Composing;

/// <summary>Calls that end when the test says so, by their names.</summary>
internal sealed class HeldCalls
{
    private readonly ConcurrentDictionary<string, Held> calls = new(StringComparer.Ordinal);
    private int running;
    private int mostRunning;

    /// <summary>How many ran at the same time at the most.</summary>
    public int MostRunning => mostRunning;

    /// <summary>A call that heeds its token.</summary>
    public async Task<string> AskAsync(string name, CancellationToken cancel)
    {
        Held held = Of(name);
        int now = Interlocked.Increment(ref running);
        mostRunning = Math.Max(mostRunning, now);
        held.Begun.TrySetResult();
        try
        {
            return await held.End.Task.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            held.Cancelled.TrySetResult();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    /// <summary>A call that does not.</summary>
    public Task<string> AskDeafAsync(string name)
    {
        Held held = Of(name);
        held.Begun.TrySetResult();
        return held.End.Task;
    }

    public bool HasBegun(string name) => Of(name).Begun.Task.IsCompleted;

    public Task BegunAsync(string name) => Of(name).Begun.Task;

    public Task CancelledAsync(string name) => Of(name).Cancelled.Task;

    public void End(string name) => Of(name).End.TrySetResult($"the {name}");

    private Held Of(string name) => calls.GetOrAdd(name, static _ => new Held());

    private sealed class Held
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<string> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
