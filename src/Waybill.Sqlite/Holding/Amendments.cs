using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Holding;

/// <summary>Changes the data of elements where they stand.</summary>
internal sealed class Amendments(
    ElementRows elements, HeldTables held, Places places, JournalWriter journal)
{
    /// <returns>For each, in order: false when the element has changed, moved, or is owned.</returns>
    public IReadOnlyList<bool> Amend(IReadOnlyList<Amendment> amendments)
    {
        foreach (Amendment amendment in amendments)
        {
            if (amendment.Slot?.Held is { } row
                && elements.Find(amendment.Key) is { Place.State: ElementState.Held } element)
                held.RequireFits(element.Node, row);
        }

        return [.. amendments.Select(Amend)];
    }

    private bool Amend(Amendment amendment)
    {
        if (elements.Find(amendment.Key) is not { } element || element.Id != amendment.Id
            || element.Hop != amendment.Hop || element.Place.Revision != amendment.Revision
            || element.Place.State == ElementState.Owned)
            return false;
        elements.Amend(element.Key, amendment.Data);
        places.Revise(element.Place, amendment.Slot);
        journal.Write(
            JournalKind.Amended, element.Id, element.Hop, element.Node, amendment.Detail, facts: amendment.Facts);
        return true;
    }
}
