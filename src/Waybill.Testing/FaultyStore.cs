using Waybill.Stores;

namespace Waybill.Testing;

/// <summary>Decides what becomes of each call to a <see cref="FaultyStore"/>.</summary>
public interface IStoreFaults
{
    /// <summary>Carries a call out, or not, or late, or without telling the caller what came of it.</summary>
    /// <param name="call">Which call, for example <c>Elements.Commit</c>.</param>
    /// <param name="apply">Carries it out at the store.</param>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <returns>What the caller sees; a task that never completes is what a dead process sees.</returns>
    Task<T> CallAsync<T>(string call, Func<Task<T>> apply);

    /// <summary>Passes a hint on: once, twice, late, or not at all.</summary>
    /// <param name="arrived">Raises the hint at the caller.</param>
    void Hint(Action arrived);
}

/// <summary>
/// A store seen through a bad network by one process: every call and every hint goes through <see
/// cref="IStoreFaults"/>. Disposing it leaves the store itself alone.
/// </summary>
public sealed class FaultyStore : ISiteStore
{
    private readonly ISiteStore inner;
    private readonly IStoreFaults faults;

    /// <summary>Puts faults between one process and a store.</summary>
    /// <param name="inner">The store.</param>
    /// <param name="faults">What goes wrong.</param>
    public FaultyStore(ISiteStore inner, IStoreFaults faults)
    {
        ArgumentNullException.ThrowIfNull(inner);
        this.inner = inner;
        this.faults = faults;
        Elements = new FaultyElements(inner.Elements, faults);
        Directory = new FaultyDirectory(inner.Directory, faults);
        Tickets = new FaultyTickets(inner.Tickets, faults);
        Sidelined = new FaultySidelined(inner.Sidelined, faults);
        Workers = new FaultyWorkers(inner.Workers, faults);
        Journal = new FaultyJournal(inner.Journal, faults);
        inner.Arrived += OnArrived;
    }

    /// <inheritdoc/>
    public event Action<NodeAddress>? Arrived;

    /// <inheritdoc/>
    public string Description => $"{inner.Description}, with faults";

    /// <inheritdoc/>
    public IElementStore Elements { get; }

    /// <inheritdoc/>
    public IElementDirectory Directory { get; }

    /// <inheritdoc/>
    public ITicketStore Tickets { get; }

    /// <inheritdoc/>
    public ISidelinedStore Sidelined { get; }

    /// <inheritdoc/>
    public IHeldStore Held => new FaultyHeldStore(inner.Held, faults);

    /// <inheritdoc/>
    public IChangeStore Changes => new FaultyChangeStore(inner.Changes, faults);

    /// <inheritdoc/>
    public IWorkerStore Workers { get; }

    /// <inheritdoc/>
    public IJournalStore Journal { get; }

    /// <inheritdoc/>
    public IRecordStore Records => new FaultyRecordStore(inner.Records, faults);

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancel) => inner.OpenAsync(cancel);

    /// <inheritdoc/>
    public Task<DateTimeOffset> NowAsync(CancellationToken cancel) =>
        faults.CallAsync("Now", () => inner.NowAsync(cancel));

    /// <summary>Hears no more hints.</summary>
    public ValueTask DisposeAsync()
    {
        Disconnect();
        return ValueTask.CompletedTask;
    }

    /// <summary>Hears no more hints, as a process that has died.</summary>
    internal void Disconnect() => inner.Arrived -= OnArrived;

    private void OnArrived(NodeAddress node) => faults.Hint(() => Arrived?.Invoke(node));

    private sealed class FaultyElements(IElementStore inner, IStoreFaults faults) : IElementStore
    {
        public Task<IReadOnlyList<Acceptance>> AcceptAsync(
            IReadOnlyList<NewElement> elements, CancellationToken cancel) =>
            faults.CallAsync("Elements.Accept", () => inner.AcceptAsync(elements, cancel));

        public Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
            WorkerEpoch epoch, IReadOnlyList<ClaimRequest> requests, CancellationToken cancel) =>
            faults.CallAsync("Elements.Claim", () => inner.ClaimAsync(epoch, requests, cancel));

        public Task<IReadOnlyList<HopOutcome>> CommitAsync(
            WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel) =>
            faults.CallAsync("Elements.Commit", () => inner.CommitAsync(epoch, hops, cancel));

        public Task ReleaseAsync(WorkerEpoch epoch, IReadOnlyList<Release> elements, CancellationToken cancel) =>
            faults.CallAsync("Elements.Release", () => Done(inner.ReleaseAsync(epoch, elements, cancel)));

        public Task<IReadOnlyList<ElementFence>> FencesAsync(IReadOnlyList<long> keys, CancellationToken cancel) =>
            faults.CallAsync("Elements.Fences", () => inner.FencesAsync(keys, cancel));

        public Task<IReadOnlyList<bool>> SignalAsync(
            IReadOnlyList<SignalDelivery> signals, CancellationToken cancel) =>
            faults.CallAsync("Elements.Signal", () => inner.SignalAsync(signals, cancel));

        public Task<IReadOnlyList<CancelOutcome>> CancelAsync(
            IReadOnlyList<CancelRequest> requests, CancellationToken cancel) =>
            faults.CallAsync("Elements.Cancel", () => inner.CancelAsync(requests, cancel));
    }

    private sealed class FaultyDirectory(IElementDirectory inner, IStoreFaults faults) : IElementDirectory
    {
        public Task<ElementDetails?> FindAsync(ElementRef element, CancellationToken cancel) =>
            faults.CallAsync("Directory.Find", () => inner.FindAsync(element, cancel));

        public Task<Page<ElementSummary>> ListAsync(ElementFilter filter, PageRequest page, CancellationToken cancel) =>
            faults.CallAsync("Directory.List", () => inner.ListAsync(filter, page, cancel));

        public Task<long> CountAsync(ElementFilter filter, CancellationToken cancel) =>
            faults.CallAsync("Directory.Count", () => inner.CountAsync(filter, cancel));

        public Task<IReadOnlyList<NodeCount>> CountByNodeAsync(ElementFilter filter, CancellationToken cancel) =>
            faults.CallAsync("Directory.CountByNode", () => inner.CountByNodeAsync(filter, cancel));
    }

    private sealed class FaultyTickets(ITicketStore inner, IStoreFaults faults) : ITicketStore
    {
        public Task<TicketRecord?> FindAsync(ElementRef element, CancellationToken cancel) =>
            faults.CallAsync("Tickets.Find", () => inner.FindAsync(element, cancel));

        public Task<TicketStanding?> StandingAsync(ElementRef element, CancellationToken cancel) =>
            faults.CallAsync("Tickets.Standing", () => inner.StandingAsync(element, cancel));

        public Task<Page<TicketRecord>> ListAsync(TicketFilter filter, PageRequest page, CancellationToken cancel) =>
            faults.CallAsync("Tickets.List", () => inner.ListAsync(filter, page, cancel));

        public Task<long> CountAsync(TicketFilter filter, CancellationToken cancel) =>
            faults.CallAsync("Tickets.Count", () => inner.CountAsync(filter, cancel));

        public Task<int> PurgeAsync(DateTimeOffset endedBefore, int max, CancellationToken cancel) =>
            faults.CallAsync("Tickets.Purge", () => inner.PurgeAsync(endedBefore, max, cancel));
    }

    private sealed class FaultySidelined(ISidelinedStore inner, IStoreFaults faults) : ISidelinedStore
    {
        public Task<Page<SidelinedElement>> ListAsync(
            SidelinedFilter filter, PageRequest page, CancellationToken cancel) =>
            faults.CallAsync("Sidelined.List", () => inner.ListAsync(filter, page, cancel));

        public Task<long> CountAsync(SidelinedFilter filter, CancellationToken cancel) =>
            faults.CallAsync("Sidelined.Count", () => inner.CountAsync(filter, cancel));

        public Task<IReadOnlyList<SidelinedGroup>> GroupAsync(SidelinedFilter filter, CancellationToken cancel) =>
            faults.CallAsync("Sidelined.Group", () => inner.GroupAsync(filter, cancel));

        public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
            faults.CallAsync("Sidelined.Act", () => inner.ActAsync(hops, cancel));
    }

    private sealed class FaultyWorkers(IWorkerStore inner, IStoreFaults faults) : IWorkerStore
    {
        public Task<WorkerEpoch> RegisterAsync(string name, TimeSpan lease, CancellationToken cancel) =>
            faults.CallAsync("Workers.Register", () => inner.RegisterAsync(name, lease, cancel));

        public Task<bool> RenewAsync(WorkerEpoch epoch, TimeSpan lease, CancellationToken cancel) =>
            faults.CallAsync("Workers.Renew", () => inner.RenewAsync(epoch, lease, cancel));

        public Task<int> ReclaimAsync(int max, CancellationToken cancel) =>
            faults.CallAsync("Workers.Reclaim", () => inner.ReclaimAsync(max, cancel));

        public Task LeaveAsync(WorkerEpoch epoch, CancellationToken cancel) =>
            faults.CallAsync("Workers.Leave", () => Done(inner.LeaveAsync(epoch, cancel)));

        public Task<IReadOnlyList<WorkerRecord>> ListAsync(CancellationToken cancel) =>
            faults.CallAsync("Workers.List", () => inner.ListAsync(cancel));
    }

    private sealed class FaultyJournal(IJournalStore inner, IStoreFaults faults) : IJournalStore
    {
        public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalPosition after, int max, CancellationToken cancel) =>
            faults.CallAsync("Journal.Read", () => inner.ReadAsync(after, max, cancel));

        public Task<JournalPosition> EndAsync(CancellationToken cancel) =>
            faults.CallAsync("Journal.End", () => inner.EndAsync(cancel));

        public Task<HistoryPage> HistoryAsync(
            HistoryFilter filter, HistoryPageRequest page, CancellationToken cancel) =>
            faults.CallAsync("Journal.History", () => inner.HistoryAsync(filter, page, cancel));

        public Task<long> CountHistoryAsync(HistoryFilter filter, CancellationToken cancel) =>
            faults.CallAsync("Journal.CountHistory", () => inner.CountHistoryAsync(filter, cancel));

        public Task<long> CountAsync(CancellationToken cancel) =>
            faults.CallAsync("Journal.Count", () => inner.CountAsync(cancel));

        public Task<JournalPosition> OpenReaderAsync(string reader, CancellationToken cancel) =>
            faults.CallAsync("Journal.OpenReader", () => inner.OpenReaderAsync(reader, cancel));

        public Task AcknowledgeAsync(string reader, JournalPosition position, CancellationToken cancel) =>
            faults.CallAsync("Journal.Acknowledge", () => Done(inner.AcknowledgeAsync(reader, position, cancel)));

        public Task<IReadOnlyList<JournalReader>> ReadersAsync(CancellationToken cancel) =>
            faults.CallAsync("Journal.Readers", () => inner.ReadersAsync(cancel));

        public Task RemoveReaderAsync(string reader, CancellationToken cancel) =>
            faults.CallAsync("Journal.RemoveReader", () => Done(inner.RemoveReaderAsync(reader, cancel)));

        public Task<long> CountAfterAsync(JournalPosition after, CancellationToken cancel) =>
            faults.CallAsync("Journal.CountAfter", () => inner.CountAfterAsync(after, cancel));

        public Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
            faults.CallAsync("Journal.Trim", () => inner.TrimAsync(before, max, cancel));
    }

    private static async Task<bool> Done(Task call)
    {
        await call;
        return true;
    }
}
