using Waybill.Sqlite.Holding;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Takes new elements in: submitted ones, and those that another element calls.</summary>
internal sealed class Intake(
    ElementRows elements, HeldTables held, Tickets tickets, Places places, Sequence numbers, JournalWriter journal)
{
    public IReadOnlyList<Acceptance> Accept(IReadOnlyList<NewElement> elements)
    {
        held.RequireFit(elements);
        return [.. elements.Select(Accept)];
    }

    private Acceptance Accept(NewElement element)
    {
        long key = numbers.Next();
        if (!tickets.TryInsert(key, element))
        {
            ElementId earlier = tickets.Find(ElementRef.Of(element.Slot.Node.Workflow, element.BusinessKey))!.Value;
            return new Acceptance(earlier, IsNew: false);
        }

        Insert(key, element, caller: null);
        return new Acceptance(element.Id, IsNew: true);
    }

    public void InsertCalled(NewElement element, CallerRef caller) => Insert(numbers.Next(), element, caller);

    /// <summary>Inserts the element of a batch, which has no ticket.</summary>
    /// <returns>Its key.</returns>
    public long InsertBatch(NewElement batch, string detail)
    {
        long key = numbers.Next();
        Insert(key, batch, caller: null, JournalKind.Released, detail);
        return key;
    }

    private void Insert(long key, NewElement element, CallerRef? caller) =>
        Insert(key, element, caller, JournalKind.Accepted, JournalDetail.Accepted(element.BusinessKey, caller));

    private void Insert(long key, NewElement element, CallerRef? caller, JournalKind kind, string detail)
    {
        long node = elements.NodeNumber(element.Slot.Node);
        elements.Insert(key, element, node, caller);
        places.Insert(
            new Place { Key = key, Node = node }.Slotted(node, element.Slot, key), element.Slot.Held);
        journal.Write(kind, element.Id, hop: 0, node, detail, facts: element.Facts);
    }
}
