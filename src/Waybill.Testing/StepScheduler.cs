using System.Diagnostics.CodeAnalysis;
using Waybill.Engine;

namespace Waybill.Testing;

/// <summary>
/// Keeps runs, and what follows their awaits, until it is told to go on: then on the calling thread, in their order.
/// </summary>
internal sealed class StepScheduler : SynchronizationContext, IRunScheduler
{
    private readonly Lock gate = new();
    private readonly Queue<Action> waiting = new();

    public void Schedule(IThreadPoolWorkItem run) => Add(run.Execute);

    public override void Post(SendOrPostCallback d, object? state) => Add(() => d(state));

    /// <summary>Goes on until nothing is left to do. False when there was nothing.</summary>
    public bool RunAll()
    {
        bool hasRun = false;
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (TryTake(out Action? next))
            {
                next();
                hasRun = true;
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }

        return hasRun;
    }

    private void Add(Action step)
    {
        lock (gate)
            waiting.Enqueue(step);
    }

    private bool TryTake([NotNullWhen(true)] out Action? next)
    {
        lock (gate)
            return waiting.TryDequeue(out next);
    }
}
