namespace Waybill.Services.Asynchronous;

/// <summary>One who watches one element. Used by one thread at a time.</summary>
public sealed class ElementWatching : IDisposable
{
    private readonly ElementWatch watch;
    private readonly bool endingOnly;
    private TaskCompletionSource told = NewSignal();

    internal ElementWatching(ElementWatch watch, ElementId element, bool endingOnly)
    {
        this.watch = watch;
        this.endingOnly = endingOnly;
        Element = element;
    }

    /// <summary>The element.</summary>
    public ElementId Element { get; }

    /// <summary>
    /// Waits until something happened since the last wait ended (or the watch was opened), perhaps nothing of
    /// importance.
    /// </summary>
    /// <param name="max">How long at the most.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task WaitAsync(TimeSpan max, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await Volatile.Read(ref told).Task.WaitAsync(max, time, cancel);
        }
        catch (TimeoutException)
        {
            return;
        }

        Volatile.Write(ref told, NewSignal());
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose() => watch.Close(this);

    internal void Tell(bool isEnding)
    {
        if (isEnding || !endingOnly)
            Volatile.Read(ref told).TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
