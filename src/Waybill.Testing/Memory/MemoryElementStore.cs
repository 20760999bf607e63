using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryElementStore : IElementStore
{
    private const int PromoteMax = 1000;

    private readonly MemoryState state;
    private readonly MemoryCancels cancels;
    private readonly MemorySignals signals;
    private readonly MemoryHops hops;

    public MemoryElementStore(MemoryState state, MemoryCancels cancels, MemorySignals signals, MemoryHops hops) =>
        (this.state, this.cancels, this.signals, this.hops) = (state, cancels, signals, hops);

    public Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewElement> elements, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<Acceptance>>(
            () =>
            {
                state.HeldQueues.RequireFit(elements);
                return [.. elements.Select(Accept)];
            },
            cancel);

    public Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
        WorkerEpoch epoch, IReadOnlyList<ClaimRequest> requests, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<ClaimedElement>>(
            () =>
            {
                state.RequireLive(epoch);
                foreach (MemoryElement element in state.Queues.Due(PromoteMax))
                    state.Queues.PutWaiting(element, element.Place with { Due = null });
                return
                [
                    .. requests.SelectMany(request => state.Queues.Ready(request.Node, request.Max))
                        .Select(element => Claim(epoch, element)),
                ];
            },
            cancel);

    public Task<IReadOnlyList<HopOutcome>> CommitAsync(
        WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                state.RequireLive(epoch);
                return this.hops.Apply(hops, element => element.Place.Owner == epoch);
            },
            cancel);

    public Task ReleaseAsync(WorkerEpoch epoch, IReadOnlyList<Release> elements, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                foreach (Release release in elements)
                {
                    if (state.Find(release.Key) is { } element
                        && element.Place.Owner == epoch && element.Hop == release.Hop)
                        state.Queues.Put(element, element.Returned(release.Attempts));
                }

                return elements.Count;
            },
            cancel);

    public Task<IReadOnlyList<ElementFence>> FencesAsync(IReadOnlyList<long> keys, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<ElementFence>>(
            () =>
            [
                .. keys.Select(state.Find).OfType<MemoryElement>().Select(element =>
                    new ElementFence(element.Key, element.Hop, element.Place.State, element.Place.Owner)),
            ],
            cancel);

    public Task<IReadOnlyList<bool>> SignalAsync(IReadOnlyList<SignalDelivery> signals, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<bool>>(() => [.. signals.Select(this.signals.Deliver)], cancel);

    public Task<IReadOnlyList<CancelOutcome>> CancelAsync(
        IReadOnlyList<CancelRequest> requests, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<CancelOutcome>>(() => [.. requests.Select(cancels.Request)], cancel);

    private Acceptance Accept(NewElement element)
    {
        ElementRef submitted = ElementRef.Of(element.Slot.Node.Workflow, element.BusinessKey);
        if (state.FindTicket(submitted) is { } earlier)
            return new Acceptance(earlier.Record.Id, IsNew: false);
        state.AddTicket(element);
        state.Insert(element, caller: null);
        return new Acceptance(element.Id, IsNew: true);
    }

    private ClaimedElement Claim(WorkerEpoch epoch, MemoryElement element)
    {
        MemoryPlace place = element.Place with
        {
            State = ElementState.Owned,
            Owner = epoch,
            Attempts = element.Place.Attempts + 1,
            Hop = element.Hop,
        };
        state.Queues.Put(element, place);
        return new ClaimedElement
        {
            Key = element.Key,
            Id = element.Id,
            Node = element.Node,
            Hop = element.Hop,
            ArrivedHop = element.ArrivedHop,
            Attempt = place.Attempts,
            BusinessKey = element.BusinessKey,
            Data = element.Data,
            AcceptedAt = element.AcceptedAt,
            Caller = element.Caller,
            Replies = [.. element.Replies.Values],
            AwaitedSignal = place.AwaitedSignal,
            Failure = element.Failure,
            CancelRequested = place.Cancel == CancelMark.Pending,
            InLine = place.OrderKey is not null,
            Trace = element.Trace,
        };
    }
}
