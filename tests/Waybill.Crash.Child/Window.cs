namespace Waybill.Crash.Child;

/// <summary>
/// How many parcels may be under way: enough that every kill hits some, few enough that none gets old.
/// </summary>
internal sealed class Window(int size) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim free = new(size);

    public Task EnterAsync(CancellationToken cancel) => free.WaitAsync(cancel);

    /// <summary>
    /// Makes room for one more. Parcels of earlier processes come out too, so there can be more than went in.
    /// </summary>
    public void Leave()
    {
        lock (gate)
        {
            if (free.CurrentCount < size)
                free.Release();
        }
    }

    public void Dispose() => free.Dispose();
}
