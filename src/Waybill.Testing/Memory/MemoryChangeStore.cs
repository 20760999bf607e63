using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryChangeStore(MemoryState state, MemoryChanges changes, MemoryCancels cancels) : IChangeStore
{
    public Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel) =>
        state.RunAsync(() => Request(change), cancel);

    public Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only, int max, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<PendingChange>>(
            () =>
            {
                foreach (MemoryRequest late in state.Ledger.Marked.Values.Where(IsOverdue).ToList())
                    changes.Withdraw(late);
                return
                [
                    .. state.Ledger.Marked.Values
                        .Where(request => !request.IsCancel && (only is null || request.Change.Id == only))
                        .SelectMany(request => request.Marked.Values.Select(
                            element => (Element: element, Mark: element.Marks[request.Number])))
                        .Where(pending => IsToAnswer(pending.Element, pending.Mark))
                        .Take(max)
                        .Select(pending => new PendingChange(
                            pending.Mark.Request.Change.Id, pending.Mark.Request.Change.Type,
                            pending.Mark.Request.Change.Payload, MemoryElementDirectory.ToDetails(pending.Element),
                            pending.Mark.IsConcerned)),
                ];
            },
            cancel);

    public Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<bool>>(
            () =>
            {
                foreach (ChangeResolution resolution in resolutions)
                {
                    if (state.Find(resolution.Key) is { Held: not null } held)
                        state.HeldQueues.RequireFits(new QueueSlot(held.Node, Held: resolution.Slot?.Held));
                }

                return [.. resolutions.Select(Resolve)];
            },
            cancel);

    public Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel) =>
        state.RunAsync(
            () =>
            {
                if (state.Ledger.Find(change) is not { } request)
                    return null;
                changes.Withdraw(request);
                return request.ToRecord();
            },
            cancel);

    public Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel) =>
        state.RunAsync(() => state.Ledger.Find(change)?.ToRecord(), cancel);

    public Task<Page<ChangeRecord>> ListAsync(ChangeFilter filter, PageRequest page, CancellationToken cancel) =>
        state.RunAsync(
            () => page.Cut(Matching(filter), request => request.Number, request => request.ToRecord()), cancel);

    public Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(ChangeFilter filter, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyDictionary<ChangeOutcome, long>>(
            () => Matching(filter)
                .SelectMany(request => request.Outcomes)
                .GroupBy(outcome => outcome.Outcome)
                .ToDictionary(group => group.Key, group => group.LongCount()),
            cancel);

    private ChangeReceipt Request(NewChange change)
    {
        if (state.Ledger.Find(change.Id) is { } earlier)
            return new ChangeReceipt(ChangeReceiptStatus.Taken, earlier.Element);
        if (state.Find(change.Target) is not { } element)
            return RequestTooLate(change);
        MemoryRequest request = state.Ledger.Add(
            change, element.Id, element.Node.Workflow, element.BusinessKey, state.Now);
        state.Write(JournalKind.ChangeRequested, element, JournalDetail.Requested(change));
        if (request.IsCancel)
        {
            cancels.Request(request, element);
        }
        else
        {
            changes.Reach(request, element);
            if (change.Spreads)
                changes.ReachFamily(request, element);
        }

        return new ChangeReceipt(ChangeReceiptStatus.Taken, element.Id);
    }

    private ChangeReceipt RequestTooLate(NewChange change)
    {
        if (state.FindTicket(change.Target) is not { } ticket)
            return new ChangeReceipt(ChangeReceiptStatus.NotFound, null);
        MemoryRequest request = state.Ledger.Add(
            change, ticket.Record.Id, ticket.Record.Workflow, ticket.Record.BusinessKey, state.Now);
        request.Put(new ElementOutcome(
            request.Element, ChangeOutcome.TooLate, Node: null, Hop: 0, state.Now, null, null));
        return new ChangeReceipt(ChangeReceiptStatus.Taken, request.Element);
    }

    private bool Resolve(ChangeResolution resolution)
    {
        if (state.Find(resolution.Key) is not { } element || element.Id != resolution.Id
            || element.Hop != resolution.Hop || element.Revision != resolution.Revision
            || element.Place.State == ElementState.Owned
            || !element.Marks.Values.Any(mark =>
                mark.Request.Change.Id == resolution.Answer.Change && !mark.Request.IsCancel))
            return false;
        if (resolution.Answer.Verdict is ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads)
            state.Amend(element, resolution.Data, resolution.Slot);
        changes.Answer(element, [resolution.Answer], resolution.Facts);
        changes.Spread(element, [resolution.Answer], called: []);
        return true;
    }

    private bool IsOverdue(MemoryRequest request) => request.At + request.Change.Bound <= state.Now;

    private static bool IsToAnswer(MemoryElement element, MemoryMark mark) =>
        element.Place.State != ElementState.Owned && mark.AnsweredAt != (element.Hop, element.Revision);

    private IEnumerable<MemoryRequest> Matching(ChangeFilter filter) => state.Ledger.Requests.Values.Where(request =>
        (filter.Target is not { } target || IsTarget(request, target))
        && (filter.Reached is not { } reached || request.Reached(reached))
        && (filter.Type is null || request.Change.Type == filter.Type)
        && (filter.HasEnded is null || request.HasEnded == filter.HasEnded)
        && (filter.Since is null || request.At >= filter.Since));

    private static bool IsTarget(MemoryRequest request, ElementRef target) => target.Id is { } id
        ? request.Element == id
        : request.Workflow == target.Workflow && request.BusinessKey == target.BusinessKey;
}
