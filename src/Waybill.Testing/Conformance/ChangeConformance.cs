using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

/// <summary>What the suites share that have to do with changes: requests, answers, and short words for them.</summary>
public abstract class ChangeConformance : HeldConformance
{
    private protected const string Difference = """{"from":{"city":"Rome"},"to":{"city":"Oslo"}}""";

    private int lastChange;

    private protected NewChange NewRequest(ElementId target) => new()
    {
        Id = new ChangeId(new Guid(++lastChange, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 9)),
        Type = "address",
        Target = ElementRef.Of(target),
        Payload = Json("[\"Oslo\"]"),
        Actor = new Actor("ann", "moved house"),
        Concerned = ["orders:1", "payments:1"],
    };

    private protected NewChange NewCancel(ElementId target) => NewRequest(target) with
    {
        Type = NewChange.CancelType,
        Payload = Json("{}"),
    };

    /// <summary>Asks for a change of an element that must be known.</summary>
    private protected async Task<ChangeId> RequestAsync(NewChange change)
    {
        Assert.Equal(ChangeReceiptStatus.Taken, (await Store.Changes.RequestAsync(change, Cancel)).Status);
        return change.Id;
    }

    private protected Task<ChangeId> RequestAsync(ElementId target) => RequestAsync(NewRequest(target));

    private protected async Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only = null) =>
        await Store.Changes.PendingAsync(only, 100, Cancel);

    /// <summary>The elements at which something is pending that nobody owns, oldest first.</summary>
    private protected async Task<IReadOnlyList<ElementId>> PendingAtAsync() =>
        [.. (await PendingAsync()).Select(pending => pending.Element.Summary.Id).Order()];

    private protected async Task<ChangeRecord> RecordAsync(ChangeId change)
    {
        ChangeRecord? record = await Store.Changes.FindAsync(change, Cancel);
        Assert.NotNull(record);
        return record;
    }

    private protected async Task<ElementOutcome> OutcomeAsync(ChangeId change, ElementId element) =>
        Assert.Single((await RecordAsync(change)).Outcomes, outcome => outcome.Element == element);

    /// <summary>The outcomes of a request, by element.</summary>
    private protected async Task<IReadOnlyList<(ElementId, ChangeOutcome)>> OutcomesAsync(ChangeId change) =>
    [
        .. (await RecordAsync(change)).Outcomes
            .Select(outcome => (outcome.Element, outcome.Outcome)).OrderBy(outcome => outcome.Element),
    ];

    private protected static ChangeResolution Resolution(PendingChange pending, ChangeVerdict verdict) => new()
    {
        Key = pending.Element.Key,
        Id = pending.Element.Summary.Id,
        Hop = pending.Element.Summary.Hop,
        Revision = pending.Element.Revision,
        Answer = Answer(pending.Change, verdict),
        Data = Json("[\"changed\"]"),
    };

    private protected static ChangeAnswer Answer(ChangeId change, ChangeVerdict verdict) => new(
        change,
        verdict,
        verdict is ChangeVerdict.Rejects or ChangeVerdict.ComesTooLate ? "it is on the van" : null,
        verdict is ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads ? Difference : null);

    private protected async Task<bool> ResolveAsync(ChangeResolution resolution) =>
        Assert.Single(await Store.Changes.ResolveAsync([resolution], Cancel));

    private protected async Task<HopOutcome> CommitOneAsync(WorkerEpoch worker, Hop hop) =>
        Assert.Single(await Store.Elements.CommitAsync(worker, [hop], Cancel));

    /// <summary>Commits a hop that must find changes pending: these, in this order.</summary>
    private protected async Task AssertPendingAsync(WorkerEpoch worker, Hop hop, params ChangeId[] expected)
    {
        HopOutcome outcome = await CommitOneAsync(worker, hop);
        Assert.Equal(HopStatus.ChangePending, outcome.Status);
        Assert.Equal(expected, outcome.Changes!.Select(mark => mark.Change));
    }
}
