namespace Waybill.Stores;

/// <summary>
/// Everything that one site keeps, split by role. One store is the boundary of transactions: each method of each role
/// says what it does atomically. All members are thread-safe.
/// </summary>
/// <remarks>
/// Three failures are part of the contract: <see cref="EpochLostException"/> (nothing was written),
/// <see cref="StoreUnavailableException"/> (nothing was written; try again later) and
/// <see cref="CommitOutcomeUnknownException"/> (re-read by fence before trying again).
/// </remarks>
public interface ISiteStore : IAsyncDisposable
{
    /// <summary>What this store is, for people: engine, library version and place.</summary>
    string Description { get; }

    /// <summary>Accepting, claiming and moving elements.</summary>
    IElementStore Elements { get; }

    /// <summary>Looking at elements.</summary>
    IElementDirectory Directory { get; }

    /// <summary>Receipts and results of submitted elements.</summary>
    ITicketStore Tickets { get; }

    /// <summary>Elements that wait for a person.</summary>
    ISidelinedStore Sidelined { get; }

    /// <summary>Elements that are held in aggregation queues, and the batches they are released into.</summary>
    IHeldStore Held { get; }

    /// <summary>Requests to change elements in flight, and what became of them.</summary>
    IChangeStore Changes { get; }

    /// <summary>Ownership epochs and leases.</summary>
    IWorkerStore Workers { get; }

    /// <summary>The ordered log of all that happened.</summary>
    IJournalStore Journal { get; }

    /// <summary>Small named records that the faces of the site keep beside its elements.</summary>
    IRecordStore Records { get; }

    /// <summary>
    /// Creates or migrates the schema (under a lock) and checks that it can be used. Must be awaited before anything
    /// else; harmless when repeated.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="StoreVersionException">The database was written by a newer version.</exception>
    Task OpenAsync(CancellationToken cancel);

    /// <summary>The present by the store's clock, which all instants that it keeps are told by.</summary>
    /// <param name="cancel">Stops waiting.</param>
    Task<DateTimeOffset> NowAsync(CancellationToken cancel);

    /// <summary>
    /// Raised after a commit, of this process or (as far as the store is told) of another, that made elements ready at
    /// a node. A hint to claim now: it can be late, repeated or missing, and handlers must return at once.
    /// </summary>
    event Action<NodeAddress>? Arrived;
}
