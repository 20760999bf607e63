using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Testing.Simulation;

/// <summary>Requests and answers with a bug put in.</summary>
internal sealed class MutantChanges(MemoryStore store, Mutation mutation) : ChangeLayer(store.Changes)
{
    public override async Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel)
    {
        ChangeReceipt receipt = await Inner.RequestAsync(change, cancel);
        if (mutation == Mutation.ChangeSkipsMembers && store.State.Ledger.Find(change.Id) is { } request)
        {
            foreach (MemoryElement member in request.Marked.Values.Where(e => e.Place.Batch is not null).ToArray())
                Forget(request, member);
        }

        return receipt;
    }

    public override async Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel)
    {
        if (mutation == Mutation.SkipRevisionFence)
            resolutions = [.. resolutions.Select(AtPresentRevision)];
        IReadOnlyList<bool> written = await Inner.ResolveAsync(resolutions, cancel);
        if (mutation != Mutation.AnswerTwice)
            return written;
        foreach ((ChangeResolution resolution, bool isWritten) in resolutions.Zip(written))
        {
            if (isWritten && resolution.Answer.Verdict == ChangeVerdict.Applies)
                MarkAgain(store.State.Ledger.Find(resolution.Answer.Change)!, store.State.Find(resolution.Key)!);
        }

        return written;
    }

    public override async Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel)
    {
        MemoryRequest? request = store.State.Ledger.Find(change);
        MemoryElement[] marked = request is { IsCancel: false } ? [.. request.Marked.Values] : [];
        ChangeRecord? record = await Inner.WithdrawAsync(change, cancel);
        if (mutation == Mutation.WithdrawLeavesMarks)
            Array.ForEach(marked, element => MarkAgain(request!, element));
        return record;
    }

    /// <summary>Lets what a hop called know nothing of the changes that its caller has pending.</summary>
    public static void ForgetInherited(MemoryState state, Destination.Calls calls)
    {
        foreach (NewElement called in calls.Elements)
        {
            if (state.Find(ElementRef.Of(called.Id)) is not { } part)
                continue;
            foreach (MemoryRequest request in part.Marks.Values.Select(mark => mark.Request).ToArray())
                Forget(state, request, part);
        }
    }

    private static void Forget(MemoryState state, MemoryRequest request, MemoryElement element)
    {
        state.Ledger.Unmark(request, element);
        request.Outcomes.RemoveAll(outcome => outcome.Element == element.Id);
    }

    private void Forget(MemoryRequest request, MemoryElement element) => Forget(store.State, request, element);

    private void MarkAgain(MemoryRequest request, MemoryElement element)
    {
        if (!element.Marks.ContainsKey(request.Number))
            store.State.Ledger.Mark(request, element, isConcerned: true);
    }

    private ChangeResolution AtPresentRevision(ChangeResolution resolution) =>
        store.State.Find(resolution.Key) is { } element
            ? resolution with { Revision = element.Revision }
            : resolution;
}
