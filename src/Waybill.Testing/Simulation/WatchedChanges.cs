using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>Passes everything on that has to do with changes.</summary>
internal abstract class ChangeLayer(IChangeStore inner) : IChangeStore
{
    protected IChangeStore Inner => inner;

    public virtual Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel) =>
        inner.RequestAsync(change, cancel);

    public Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only, int max, CancellationToken cancel) =>
        inner.PendingAsync(only, max, cancel);

    public virtual Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel) =>
        inner.ResolveAsync(resolutions, cancel);

    public virtual Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel) =>
        inner.WithdrawAsync(change, cancel);

    public Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel) => inner.FindAsync(change, cancel);

    public Task<Page<ChangeRecord>> ListAsync(ChangeFilter filter, PageRequest page, CancellationToken cancel) =>
        inner.ListAsync(filter, page, cancel);

    public Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(ChangeFilter filter, CancellationToken cancel) =>
        inner.CountAsync(filter, cancel);
}

/// <summary>
/// Watches requests and answers where they reach the store: a request reaches the whole family at once.
/// </summary>
internal sealed class WatchedChanges(World world, IChangeStore inner) : ChangeLayer(inner)
{
    public override async Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel)
    {
        bool isNew = world.Store.State.Ledger.Find(change.Id) is null;
        bool wasMember = world.Store.State.Find(change.Target)?.Place.State == ElementState.Batched;
        ChangeReceipt receipt = await Inner.RequestAsync(change, cancel);
        if (!isNew || world.Store.State.Find(change.Target) is not { } element)
            return receipt;
        Reached(world.Store.State.Ledger.Find(change.Id)!, element);
        if (wasMember && element.Place.State != ElementState.Batched)
            world.Met(Occasion.MemberCancelled);
        return receipt;
    }

    public override async Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel)
    {
        IReadOnlyList<bool> written = await Inner.ResolveAsync(resolutions, cancel);
        foreach ((ChangeResolution resolution, bool isWritten) in resolutions.Zip(written))
        {
            ChangeVerdict verdict = resolution.Answer.Verdict;
            world.Trace($"  {World.NumberOf(resolution.Id)}:{resolution.Hop} answers {verdict}: {isWritten}");
            if (!isWritten)
                world.Met(Occasion.FenceHeld);
            else if (verdict is ChangeVerdict.Spreads or ChangeVerdict.AppliesAndSpreads)
                world.Met(Occasion.ChangeForwarded);
        }

        return written;
    }

    private void Reached(MemoryRequest request, MemoryElement head)
    {
        bool isBesideCancel = head.Place.Cancel == CancelMark.Pending;
        int changes = head.Marks.Values.Count(mark => !mark.Request.IsCancel);
        if (request.IsCancel ? changes > 0 : isBesideCancel && changes > 0)
            world.Met(Occasion.ChangeAndCancelRaced);
        if (request.IsCancel)
            return;
        if (changes > 1)
            world.Met(Occasion.ChangesRaced);
        switch (head.Place.State)
        {
            case ElementState.Held:
                world.Met(Occasion.ChangeOfHeld);
                break;
            case ElementState.Batched:
                world.Met(Occasion.ChangeOfMember);
                break;
            case ElementState.Calling:
                world.Met(Occasion.ChangeOfCaller);
                break;
        }

        if (request.Change.Spreads)
            CheckFamily(request, head);
    }

    private void CheckFamily(MemoryRequest request, MemoryElement head)
    {
        MemoryState state = world.Store.State;
        foreach (MemoryElement part in state.CalledBy(head).Concat(state.Queues.MembersOf(head.Id)))
        {
            if (!ChangeChecks.Knows(part, request))
            {
                world.Violated(
                    $"change {ChangeChecks.NumberOf(request.Change.Payload)} of {World.NumberOf(head.Id)} "
                    + $"did not reach {World.NumberOf(part.Id)}");
            }

            CheckFamily(request, part);
        }
    }
}
