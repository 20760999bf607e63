namespace Waybill.Engine;

/// <summary>Where runs are executed: the thread pool, or the simulator's single thread.</summary>
internal interface IRunScheduler
{
    void Schedule(IThreadPoolWorkItem run);
}

internal sealed class ThreadPoolScheduler : IRunScheduler
{
    public static ThreadPoolScheduler Instance { get; } = new();

    public void Schedule(IThreadPoolWorkItem run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
}
