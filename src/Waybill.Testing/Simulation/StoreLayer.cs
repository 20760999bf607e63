using Waybill.Stores;

namespace Waybill.Testing.Simulation;

/// <summary>A store that passes everything on but what it is given in place.</summary>
internal sealed class StoreLayer(ISiteStore inner) : ISiteStore
{
    public event Action<NodeAddress>? Arrived
    {
        add => inner.Arrived += value;
        remove => inner.Arrived -= value;
    }

    public string Description => inner.Description;

    public IElementStore Elements { get; init; } = inner.Elements;

    public IElementDirectory Directory => inner.Directory;

    public ITicketStore Tickets => inner.Tickets;

    public ISidelinedStore Sidelined => inner.Sidelined;

    public IHeldStore Held { get; init; } = inner.Held;

    public IChangeStore Changes { get; init; } = inner.Changes;

    public IWorkerStore Workers { get; init; } = inner.Workers;

    public IJournalStore Journal => inner.Journal;

    public IRecordStore Records { get; init; } = inner.Records;

    public Task OpenAsync(CancellationToken cancel) => inner.OpenAsync(cancel);

    /// <summary>How far the clock that it tells is ahead of that by which it writes.</summary>
    public TimeSpan Ahead { get; init; }

    public async Task<DateTimeOffset> NowAsync(CancellationToken cancel) => await inner.NowAsync(cancel) + Ahead;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Passes everything on but the commits.</summary>
internal abstract class CommitLayer(IElementStore inner) : IElementStore
{
    protected IElementStore Inner => inner;

    public Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewElement> elements, CancellationToken cancel) =>
        inner.AcceptAsync(elements, cancel);

    public Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
        WorkerEpoch epoch, IReadOnlyList<ClaimRequest> requests, CancellationToken cancel) =>
        inner.ClaimAsync(epoch, requests, cancel);

    public abstract Task<IReadOnlyList<HopOutcome>> CommitAsync(
        WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel);

    public Task ReleaseAsync(WorkerEpoch epoch, IReadOnlyList<Release> elements, CancellationToken cancel) =>
        inner.ReleaseAsync(epoch, elements, cancel);

    public Task<IReadOnlyList<ElementFence>> FencesAsync(IReadOnlyList<long> keys, CancellationToken cancel) =>
        inner.FencesAsync(keys, cancel);

    public Task<IReadOnlyList<bool>> SignalAsync(IReadOnlyList<SignalDelivery> signals, CancellationToken cancel) =>
        inner.SignalAsync(signals, cancel);

    public Task<IReadOnlyList<CancelOutcome>> CancelAsync(
        IReadOnlyList<CancelRequest> requests, CancellationToken cancel) =>
        inner.CancelAsync(requests, cancel);
}

/// <summary>Passes everything on that has to do with held elements.</summary>
internal abstract class HeldLayer(IHeldStore inner) : IHeldStore
{
    protected IHeldStore Inner => inner;

    public Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel) =>
        inner.DeclareAsync(queues, cancel);

    public Task<HeldPage> ListAsync(
        NodeAddress queue, HeldFilter filter, HeldPageRequest page, CancellationToken cancel) =>
        inner.ListAsync(queue, filter, page, cancel);

    public Task<IReadOnlyList<HeldGroup>> GroupAsync(NodeAddress queue, HeldQuery query, CancellationToken cancel) =>
        inner.GroupAsync(queue, query, cancel);

    public virtual Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel) =>
        inner.ReleaseAsync(release, cancel);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        inner.ActAsync(hops, cancel);

    public virtual Task<IReadOnlyList<bool>> AmendAsync(
        IReadOnlyList<Amendment> amendments, CancellationToken cancel) =>
        inner.AmendAsync(amendments, cancel);

    public Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel) =>
        inner.MembersAsync(batch, page, cancel);
}
