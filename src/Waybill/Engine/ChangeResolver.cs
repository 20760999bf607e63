using Waybill.Definition;
using Waybill.Stores;

namespace Waybill.Engine;

/// <summary>
/// Answers changes that are pending at elements which nobody owns, where they stand. Any process that knows their
/// workflows can, a client too; the store takes one answer.
/// </summary>
internal sealed class ChangeResolver(SiteDefinition site, ISiteStore store, EndingWatch endings)
{
    private const int BatchMax = 200;
    private const int ListedMax = 10_000;
    private const int PassesMax = 1000;

    private readonly ChangeJudge judge = new(site);
    private readonly HeldTables tables = new(site, store);

    /// <summary>Answers until nothing is left that this process knows an answer to.</summary>
    /// <param name="only">Of this request only; null for all.</param>
    /// <param name="cancel">Stops between passes.</param>
    public async Task ResolveAllAsync(ChangeId? only, CancellationToken cancel)
    {
        for (int i = 0; i < PassesMax && await ResolveOnceAsync(only, cancel) > 0; i++)
        {
            // Those whose elements moved meanwhile are looked at again.
        }
    }

    /// <summary>One bounded pass. Returns how many answers it gave; some may have come too late.</summary>
    /// <param name="only">Of this request only; null for all.</param>
    /// <param name="cancel">Stops before the answers are written.</param>
    public async Task<int> ResolveOnceAsync(ChangeId? only, CancellationToken cancel)
    {
        List<ChangeResolution> resolutions = [];
        int max = BatchMax;
        IReadOnlyList<PendingChange> pending;
        do
        {
            pending = await store.Changes.PendingAsync(only, max, cancel);
            foreach (PendingChange first in pending.DistinctBy(change => change.Element.Key))
            {
                // What stands at a node that this process does not know, waits for one that does.
                if (site.Find(first.Element.Summary.Node) is not null)
                    resolutions.Add(await ResolvedAsync(first, cancel));
            }

            // Those that wait for another process must not hide the ones behind them.
            max *= 2;
        }
        while (resolutions.Count == 0 && pending.Count == max / 2 && max <= ListedMax);

        if (resolutions.Count == 0)
            return 0;
        if (resolutions.Exists(resolution => resolution.Slot?.Held is not null))
            await tables.DeclareAsync(cancel);
        IReadOnlyList<bool> written = await store.Changes.ResolveAsync(resolutions, cancel);
        for (int i = 0; i < written.Count; i++)
        {
            if (written[i] && resolutions[i].Answer.Verdict != ChangeVerdict.Stays)
                endings.Ended(resolutions[i].Answer.Change);
        }

        return resolutions.Count;
    }

    private async Task<ChangeResolution> ResolvedAsync(PendingChange pending, CancellationToken cancel)
    {
        ElementDetails element = pending.Element;
        ElementSummary summary = element.Summary;
        ChangeMark mark = new(pending.Change, pending.Type, pending.Payload, pending.IsConcerned);
        IReadOnlyList<CalledPart> parts =
            judge.NeedsParts(summary.Node, mark) ? await PartsOfAsync(summary.Id, cancel) : [];
        Judgement judgement = judge.Judge(summary.Node, element.Data, mark, parts);
        return new ChangeResolution
        {
            Key = element.Key,
            Id = summary.Id,
            Hop = summary.Hop,
            Revision = element.Revision,
            Answer = judgement.Answer,
            Data = judgement.Data,
            Slot = judgement.Slot,
            Facts = judgement.Facts,
        };
    }

    private async Task<IReadOnlyList<CalledPart>> PartsOfAsync(ElementId caller, CancellationToken cancel)
    {
        List<CalledPart> parts = [];
        long? after = null;
        do
        {
            Page<ElementSummary> page = await store.Directory.ListAsync(
                new ElementFilter { Caller = caller }, new PageRequest(1000, after), cancel);
            parts.AddRange(page.Items.Select(part => new CalledPart(part.Id, part.BusinessKey, part.Node, part.State)));
            after = page.Next;
        }
        while (after is not null);
        return parts;
    }
}
