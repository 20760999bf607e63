using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>
/// A site's store in memory, and the specification of what a store does. Every method completes before it returns, is
/// one transaction, and gives the same result for the same history.
/// </summary>
/// <remarks>
/// It outlives the processes of a test: any number of workers and clients may share it, and disposing it, as each of
/// them does when it stops, changes nothing.
/// </remarks>
public sealed class MemoryStore : ISiteStore
{
    /// <summary>Makes an empty store.</summary>
    /// <param name="time">The store's clock.</param>
    public MemoryStore(TimeProvider time)
    {
        State = new MemoryState(time);
        MemoryChanges changes = new(State);
        MemoryCancels cancels = new(State, changes);
        MemorySignals signals = new(State);
        MemoryHops hops = new(State, cancels, signals, changes);
        Elements = new MemoryElementStore(State, cancels, signals, hops);
        Directory = new MemoryElementDirectory(State);
        Tickets = new MemoryTicketStore(State);
        Sidelined = new MemorySidelinedStore(State, hops);
        Held = new MemoryHeldStore(State, hops);
        Changes = new MemoryChangeStore(State, changes, cancels);
        Workers = new MemoryWorkerStore(State);
        Journal = new MemoryJournalStore(State);
        Records = new MemoryRecordStore(State);
    }

    /// <inheritdoc/>
    public event Action<NodeAddress>? Arrived
    {
        add => State.Arrived += value;
        remove => State.Arrived -= value;
    }

    /// <inheritdoc/>
    public string Description => "memory";

    /// <inheritdoc/>
    public IElementStore Elements { get; }

    /// <inheritdoc/>
    public IElementDirectory Directory { get; }

    /// <inheritdoc/>
    public ITicketStore Tickets { get; }

    /// <inheritdoc/>
    public ISidelinedStore Sidelined { get; }

    /// <inheritdoc/>
    public IHeldStore Held { get; }

    /// <inheritdoc/>
    public IChangeStore Changes { get; }

    /// <inheritdoc/>
    public IWorkerStore Workers { get; }

    /// <inheritdoc/>
    public IJournalStore Journal { get; }

    /// <inheritdoc/>
    public IRecordStore Records { get; }

    /// <summary>Everything that the store keeps, for those who check it.</summary>
    internal MemoryState State { get; }

    /// <summary>Reads what the application's writes have left, from one snapshot.</summary>
    /// <param name="query">Reads; must not write.</param>
    /// <typeparam name="T">What it finds.</typeparam>
    public T Read<T>(Func<MemoryTables, T> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return State.Run(() => query(State.Tables));
    }

    /// <summary>Does nothing: there is nothing to create.</summary>
    /// <param name="cancel">Not looked at.</param>
    public Task OpenAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<DateTimeOffset> NowAsync(CancellationToken cancel) => State.RunAsync(() => State.Now, cancel);

    /// <summary>Does nothing: the store outlives those who use it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
