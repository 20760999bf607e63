using System.Collections.Concurrent;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>Tells waiting clients of endings, and of outcomes of changes, that this process committed.</summary>
internal sealed class EndingWatch
{
    // Elements and changes in one: their ids come from one source.
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> waiting = new();

    /// <summary>Raised for each ending that this process commits, and at times for none.</summary>
    public event Action<ElementId>? Told;

    /// <summary>Completes when the element's ending is committed by this process; perhaps never.</summary>
    public Task EndingAsync(ElementId element) => WatchAsync(element.Value);

    /// <summary>Completes when an outcome of the change is committed by this process; perhaps never.</summary>
    public Task OutcomeAsync(ChangeId change) => WatchAsync(change.Value);

    /// <summary>Wakes all who wait for the element. They look for themselves, so a needless call is harmless.</summary>
    public void Ended(ElementId element)
    {
        Wake(element.Value);
        Told?.Invoke(element);
    }

    /// <summary>Wakes all who wait for the change. They look for themselves, so a needless call is harmless.</summary>
    public void Ended(ChangeId change) => Wake(change.Value);

    private Task WatchAsync(Guid id) =>
        waiting.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Wake(Guid id)
    {
        if (!waiting.IsEmpty && waiting.TryRemove(id, out TaskCompletionSource? watch))
            watch.TrySetResult();
    }
}
