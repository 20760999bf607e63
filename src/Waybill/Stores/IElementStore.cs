namespace Waybill.Stores;

/// <summary>Accepts, claims and moves elements. The only writer of their places, data and hop numbers.</summary>
public interface IElementStore
{
    /// <summary>
    /// Takes new elements in. One transaction for all: each gets its element, place, ticket and <c>Accepted</c> journal
    /// row, or, where its (workflow, business key) has a ticket already, nothing. Durable when the task completes.
    /// </summary>
    /// <param name="elements">New elements; two of one call may share a key, then the first counts.</param>
    /// <param name="cancel">Stops waiting; what was begun may still be accepted.</param>
    /// <returns>For each, in order: the id that holds the ticket, and whether it is new.</returns>
    Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewElement> elements, CancellationToken cancel);

    /// <summary>
    /// Makes elements that are due ready (at most 1,000 a call), then gives ready ones to a worker: for each request
    /// the lowest rank first, then the oldest. One transaction: each gets state <c>Owned</c>, the epoch, and one more
    /// attempt.
    /// </summary>
    /// <param name="epoch">The claiming worker.</param>
    /// <param name="requests">Which nodes, and how many of each at the most.</param>
    /// <param name="cancel">Stops waiting; what was claimed stays owned until the epoch ends.</param>
    /// <exception cref="EpochLostException">The worker has lost its epoch; nothing was claimed.</exception>
    Task<IReadOnlyList<ClaimedElement>> ClaimAsync(
        WorkerEpoch epoch, IReadOnlyList<ClaimRequest> requests, CancellationToken cancel);

    /// <summary>
    /// Writes hops of elements that the worker owns. One transaction for all that can be applied; each hop is applied
    /// whole or not at all, and one that cannot (fence, cancel, refused write) leaves the others untouched.
    /// </summary>
    /// <remarks>
    /// All hops are judged by the state before the commit. After all have moved, changes spread to what was called,
    /// then endings reach callers and members of batches, then joins that did not wait for all cancel the rest, then
    /// signals are delivered: in the order of the hops.
    /// </remarks>
    /// <param name="epoch">The owner.</param>
    /// <param name="hops">At most one hop for each element.</param>
    /// <param name="cancel">Stops waiting before the commit begins; afterwards it is ignored.</param>
    /// <returns>What became of each, in order.</returns>
    /// <exception cref="EpochLostException">The worker has lost its epoch; nothing was written.</exception>
    Task<IReadOnlyList<HopOutcome>> CommitAsync(WorkerEpoch epoch, IReadOnlyList<Hop> hops, CancellationToken cancel);

    /// <summary>
    /// Gives elements back unrun, in one transaction: each that this worker owns at the given hop becomes ready at the
    /// node where it now is, with the given attempts used up. Others are left alone.
    /// </summary>
    /// <param name="epoch">The owner.</param>
    /// <param name="elements">What to give back.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task ReleaseAsync(WorkerEpoch epoch, IReadOnlyList<Release> elements, CancellationToken cancel);

    /// <summary>
    /// Reads where elements are now, from one snapshot; those that ended are missing. For unknown outcomes.
    /// </summary>
    /// <param name="keys">Store keys.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<ElementFence>> FencesAsync(IReadOnlyList<long> keys, CancellationToken cancel);

    /// <summary>
    /// Delivers signals, in one transaction: an element that waits for the name becomes ready with the payload as its
    /// reply; for one that does not (yet), the signal is kept until it waits or ends.
    /// </summary>
    /// <param name="signals">Signals, each to one element.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>For each, in order: whether its element is in flight.</returns>
    Task<IReadOnlyList<bool>> SignalAsync(IReadOnlyList<SignalDelivery> signals, CancellationToken cancel);

    /// <summary>
    /// Asks elements, and all that they called, to cancel. One transaction: each is marked and journalled; one that
    /// only waits becomes ready at the front of its queue, so that whoever hosts its node carries the cancel out.
    /// </summary>
    /// <param name="requests">What to cancel, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<CancelOutcome>> CancelAsync(IReadOnlyList<CancelRequest> requests, CancellationToken cancel);
}
