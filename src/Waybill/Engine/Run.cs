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
    public long BeganAt { get; private set; }

    /// <summary>When their token was cancelled; null while it is not.</summary>
    public long? CancelledAt { get; private set; }

    /// <summary>
    /// Whether it took too long: its elements were answered for, and what it still brings is dropped.
    /// </summary>
    public bool IsGivenUp { get; set; }

    public CancellationToken Token => cancel.Token;

    /// <summary>Begins on what it has taken, with a token that nobody has cancelled.</summary>
    public void Begin(long now)
    {
        BeganAt = now;
        if (CancelledAt is null)
            return;
        CancelledAt = null;
        cancel = new CancellationTokenSource();
    }

    /// <summary>
    /// Notes that what it now runs on is cancelled. The token itself is cancelled by the caller, outside of the node's
    /// lock: its callbacks are the node's code, which may go on there and then.
    /// </summary>
    /// <returns>What is to be cancelled; null when it was before.</returns>
    public CancellationTokenSource? MarkCancelled(long now)
    {
        if (CancelledAt is not null)
            return null;
        CancelledAt = now;
        return cancel;
    }

    /// <summary>Cancels tokens that were marked.</summary>
    /// <param name="sources">What was marked; null for what was before.</param>
    /// <param name="threw">Told when a callback on a token threw.</param>
    public static void Cancel(CancellationTokenSource?[] sources, Action<AggregateException> threw)
    {
        foreach (CancellationTokenSource? source in sources)
        {
            try
            {
                source?.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The run ended meanwhile.
            }
            catch (AggregateException thrown)
            {
                threw(thrown);
            }
        }
    }

    public void Execute() => _ = node.ExecuteAsync(this);

    public void Dispose() => cancel.Dispose();
}
