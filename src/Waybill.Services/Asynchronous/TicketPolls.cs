namespace Waybill.Services.Asynchronous;

/// <summary>
/// How many questions about tickets this process lets wait at the other side: each holds a connection, and calls need
/// some too. Those beyond ask again and again instead.
/// </summary>
internal sealed class TicketPolls(ServicesOptions options)
{
    private readonly int max = options.ConnectionsMax / 2;
    private int waiting;

    /// <summary>Whether there is room for one more; if so, leave when it has been answered.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref waiting) <= max)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref waiting);
}
