using Waybill.Sqlite.Holding;
using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Changing;

/// <summary>Takes requests in, and answers to them where nobody owns the element.</summary>
internal sealed class ChangeIntake(
    ChangeTables tables, MoveTables moving, HeldTables held, Changes changes, Cancels cancels, JournalWriter journal)
{
    public ChangeReceipt Request(NewChange change)
    {
        if (tables.Requests.Find(change.Id) is { } earlier)
            return new ChangeReceipt(ChangeReceiptStatus.Taken, earlier.Element);
        if (moving.Elements.Find(change.Target) is not { } element)
            return RequestTooLate(change);
        ChangeRequest request = tables.Requests.Insert(
            change, element.Id, moving.Elements.NodeAt(element.Node).Workflow,
            moving.Elements.BusinessKeyOf(element.Key));
        journal.Write(
            JournalKind.ChangeRequested, element.Id, element.Hop, element.Node, JournalDetail.Requested(change));
        if (request.IsCancel)
            cancels.Request(request, element, JournalDetail.By(change.Actor));
        else
            Reach(request, element);
        return new ChangeReceipt(ChangeReceiptStatus.Taken, element.Id);
    }

    /// <returns>For each, in order: false when the element moved, changed, is owned, or waits for no answer.</returns>
    public IReadOnlyList<bool> Resolve(IReadOnlyList<ChangeResolution> resolutions)
    {
        foreach (ChangeResolution resolution in resolutions)
        {
            if (resolution.Slot?.Held is { } row
                && moving.Elements.Find(resolution.Key) is { Place.State: ElementState.Held } element)
                held.RequireFits(element.Node, row);
        }

        return [.. resolutions.Select(Resolve)];
    }

    /// <returns>False when there is no such request.</returns>
    public bool Withdraw(ChangeId change)
    {
        if (tables.Requests.Find(change) is not { } request)
            return false;
        changes.Withdraw(request);
        return true;
    }

    /// <summary>Withdraws requests whose time ran out.</summary>
    /// <returns>How many.</returns>
    public int WithdrawDue()
    {
        IReadOnlyList<ChangeRequest> due = tables.Requests.TakeDue();
        foreach (ChangeRequest request in due)
            changes.Withdraw(request);
        return due.Count;
    }

    private void Reach(ChangeRequest request, ElementRow element)
    {
        changes.Reach(request, element);
        if (request.Spreads)
            changes.ReachFamily(request, element);
    }

    private ChangeReceipt RequestTooLate(NewChange change)
    {
        if (moving.Tickets.FindRow(change.Target) is not { } ticket)
            return new ChangeReceipt(ChangeReceiptStatus.NotFound, null);
        ChangeRequest request = tables.Requests.Insert(change, ticket.Id, ticket.Workflow, ticket.BusinessKey);
        tables.Outcomes.PutEnded(request);
        return new ChangeReceipt(ChangeReceiptStatus.Taken, ticket.Id);
    }

    private bool Resolve(ChangeResolution resolution)
    {
        ChangeAnswer answer = resolution.Answer;
        if (moving.Elements.Find(resolution.Key) is not { } element || element.Id != resolution.Id
            || element.Hop != resolution.Hop || element.Place.Revision != resolution.Revision
            || element.Place.State == ElementState.Owned
            || !tables.Marks.Of(element.Key).Any(mark => mark.Request.Id == answer.Change && !mark.Request.IsCancel))
            return false;
        if (answer.Verdict is ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads)
        {
            moving.Elements.Amend(element.Key, resolution.Data);
            moving.Places.Revise(element.Place, resolution.Slot);
        }

        changes.Answer(element, [answer], resolution.Facts);
        changes.Spread(element, [answer], called: []);
        return true;
    }
}
