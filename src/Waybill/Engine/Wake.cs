namespace Waybill.Engine;

/// <summary>Wakes one waiting loop. Any number of calls while the loop is busy count as one.</summary>
internal sealed class Wake : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Set()
    {
        // Most calls find the signal set; looking first keeps them off the semaphore's lock.
        if (signal.CurrentCount > 0)
            return;
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call was faster.
        }
    }

    public Task WaitAsync(CancellationToken cancel) => signal.WaitAsync(cancel);

    public void Dispose() => signal.Dispose();
}
