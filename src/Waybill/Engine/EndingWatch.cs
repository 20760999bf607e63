using System.Collections.Concurrent;

namespace Waybill.Engine;

/// <summary>Tells waiting clients of endings that this process committed.</summary>
internal sealed class EndingWatch
{
    private readonly ConcurrentDictionary<ElementId, TaskCompletionSource> waiting = new();

    /// <summary>Completes when the element's ending is committed by this process; perhaps never.</summary>
    public Task EndingAsync(ElementId element) =>
        waiting.GetOrAdd(element, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes all who wait for the element. They look for themselves, so a needless call is harmless.</summary>
    public void Ended(ElementId element)
    {
        if (!waiting.IsEmpty && waiting.TryRemove(element, out TaskCompletionSource? watch))
            watch.TrySetResult();
    }
}
