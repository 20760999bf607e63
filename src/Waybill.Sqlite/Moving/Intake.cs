using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>Takes new elements in: submitted ones, and those that another element calls.</summary>
internal sealed class Intake(
    ElementRows elements, Tickets tickets, Places places, Sequence numbers, JournalWriter journal)
{
    public Acceptance Accept(NewElement element)
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

    private void Insert(long key, NewElement element, CallerRef? caller)
    {
        long node = elements.NodeNumber(element.Slot.Node);
        elements.Insert(key, element, node, caller);
        places.Insert(new Place { Key = key, Node = node }.Slotted(node, element.Slot, key));
        journal.Write(
            JournalKind.Accepted, element.Id, hop: 0, node, JournalDetail.Accepted(element.BusinessKey, caller));
    }
}
