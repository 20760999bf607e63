namespace Waybill.Stores;

/// <summary>Who may own elements. Leases run by the store's clock, so that no worker's clock matters.</summary>
public interface IWorkerStore
{
    /// <summary>Begins an epoch, in one transaction.</summary>
    /// <param name="name">For people: machine and process.</param>
    /// <param name="lease">How long it lasts without a renewal.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<WorkerEpoch> RegisterAsync(string name, TimeSpan lease, CancellationToken cancel);

    /// <summary>
    /// Renews a lease, in one transaction; also one that ran out, as long as nobody has ended the epoch.
    /// </summary>
    /// <param name="epoch">Whose.</param>
    /// <param name="lease">How long from now.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>False when the epoch was ended: the worker must drop all that it holds.</returns>
    Task<bool> RenewAsync(WorkerEpoch epoch, TimeSpan lease, CancellationToken cancel);

    /// <summary>
    /// Ends the epochs of workers whose lease ran out, then returns elements of ended epochs to the nodes where they
    /// now are, as ready. Each step is one transaction; an epoch cannot commit from the moment it is ended.
    /// </summary>
    /// <param name="max">How many elements at the most; call again while it returns that many.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many elements were returned.</returns>
    Task<int> ReclaimAsync(int max, CancellationToken cancel);

    /// <summary>Ends an epoch at once, in one transaction; the next reclaim returns what it still owned.</summary>
    /// <param name="epoch">Whose.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task LeaveAsync(WorkerEpoch epoch, CancellationToken cancel);

    /// <summary>The workers whose epochs have not ended, oldest first.</summary>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<WorkerRecord>> ListAsync(CancellationToken cancel);
}

/// <summary>One worker.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Name">Machine and process.</param>
/// <param name="LeaseUntil">When its lease runs out, by the store's clock.</param>
/// <param name="Owned">How many elements it owns.</param>
public sealed record WorkerRecord(WorkerEpoch Epoch, string Name, DateTimeOffset LeaseUntil, long Owned);
