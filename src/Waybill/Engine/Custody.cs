using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// What this worker may believe that it owns. Losing the epoch empties it at once: elements of an older generation are
/// then strangers, and whatever a late run still brings for them is dropped.
/// </summary>
internal sealed class Custody(TimeProvider time, TimeSpan lease)
{
    private readonly Lock gate = new();
    private int count;
    private long renewedAt;
    private TaskCompletionSource? emptied;

    /// <summary>Grows whenever the epoch is lost.</summary>
    public int Generation { get; private set; }

    /// <summary>The present epoch; null while the worker has none.</summary>
    public WorkerEpoch? Epoch { get; private set; }

    /// <summary>How many elements are in flight in this process.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>
    /// Whether runs may begin. Not once the lease has run out by this process's own clock: another may have taken the
    /// elements over, and though a late commit would be refused, a late run could still act outside.
    /// </summary>
    public bool MayRun => time.GetElapsedTime(Volatile.Read(ref renewedAt)) < lease;

    /// <param name="epoch">The new epoch.</param>
    /// <param name="askedAt">
    /// The timestamp from before the store was asked, so that the own clock is the stricter.
    /// </param>
    public void Begin(WorkerEpoch epoch, long askedAt)
    {
        lock (gate)
        {
            Epoch = epoch;
            Volatile.Write(ref renewedAt, askedAt);
        }
    }

    public void Renewed(long askedAt) => Volatile.Write(ref renewedAt, askedAt);

    /// <summary>Forgets everything. False when that epoch was lost already.</summary>
    public bool Lose(WorkerEpoch lost)
    {
        lock (gate)
        {
            if (Epoch != lost)
                return false;
            Epoch = null;
            Generation++;
            count = 0;
            emptied?.TrySetResult();
            return true;
        }
    }

    public bool IsHeld(InFlight element) => element.Generation == Generation;

    /// <summary>Takes an element in; false when it was claimed under an epoch that is lost by now.</summary>
    public bool TryEnter(InFlight element)
    {
        lock (gate)
        {
            if (element.Generation != Generation)
                return false;
            count++;
            return true;
        }
    }

    public void Leave(InFlight element)
    {
        lock (gate)
        {
            if (element.Generation == Generation && --count == 0)
                emptied?.TrySetResult();
        }
    }

    /// <summary>Completes when nothing is in flight any more. For stopping, when nothing enters.</summary>
    public Task EmptiedAsync()
    {
        lock (gate)
        {
            emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (count == 0)
                emptied.TrySetResult();
            return emptied.Task;
        }
    }
}
