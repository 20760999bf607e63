namespace Waybill.Services.Composing;

/// <summary>A number of places for calls; who finds none waits in line for one. Thread-safe.</summary>
internal sealed class Places(int max)
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> line = new();
    private int free = max;

    /// <exception cref="OperationCanceledException">It was cancelled before there was a place.</exception>
    public Task TakeAsync(CancellationToken cancel)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return Task.CompletedTask;
            }

            // Whoever gives a place back must not run what its successor does.
            waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            line.Enqueue(waiting);
        }

        return AwaitAsync(waiting, cancel);
    }

    /// <summary>Gives a place back; the first in line that still waits has it at once.</summary>
    public void Return()
    {
        lock (gate)
        {
            while (line.TryDequeue(out TaskCompletionSource? next))
            {
                if (next.TrySetResult())
                    return;
            }

            free++;
        }
    }

    private static async Task AwaitAsync(TaskCompletionSource waiting, CancellationToken cancel)
    {
        await using CancellationTokenRegistration left = cancel.UnsafeRegister(
            static (waiting, cancel) => ((TaskCompletionSource)waiting!).TrySetCanceled(cancel), waiting);
        await waiting.Task;
    }
}
