namespace Waybill.Engine;

/// <summary>
/// One of the runs that go on at a node at once. It takes elements one after the other (or in batches) until none is
/// ready. Its node's lock guards everything but the execution itself.
/// </summary>
internal sealed class Run(NodeRunner node) : IThreadPoolWorkItem, IDisposable
{
    private CancellationTokenSource cancel = new();

    /// <summary>What it runs on; empty between two takes.</summary>
    public List<InFlight> Elements { get; } = [];

    /// <summary>When it began on them.</summary>
    public long BeganAt { get; set; }

    /// <summary>
    /// Whether it took too long: its elements were answered for, and what it still brings is dropped.
    /// </summary>
    public bool IsGivenUp { get; set; }

    public CancellationToken Token => cancel.Token;

    public void Cancel() => cancel.Cancel();

    /// <summary>Makes a token that was cancelled for one run usable for the next.</summary>
    public void Renew()
    {
        if (!cancel.IsCancellationRequested)
            return;
        cancel.Dispose();
        cancel = new CancellationTokenSource();
    }

    public void Execute() => _ = node.ExecuteAsync(this);

    public void Dispose() => cancel.Dispose();
}
