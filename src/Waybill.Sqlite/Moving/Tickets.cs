using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>The table <c>ticket</c>.</summary>
internal sealed class Tickets(Database database, TransactionClock clock)
{
    private readonly Statement insert = database.Keep(
        "INSERT INTO ticket (key, id, workflow, business_key, accepted_at) VALUES (?1, ?2, ?3, ?4, ?5) "
        + "ON CONFLICT (workflow, business_key) DO NOTHING");

    private readonly Statement end = database.Keep(
        "UPDATE ticket SET ending = ?2, ended_at = ?3, result = ?4, reason = ?5 WHERE key = ?1");

    private readonly Statement byId = database.Keep("SELECT id, workflow, business_key FROM ticket WHERE id = ?1");
    private readonly Statement byBusinessKey = database.Keep(
        "SELECT id, workflow, business_key FROM ticket WHERE workflow = ?1 AND business_key = ?2");

    private readonly Statement delete = database.Keep("DELETE FROM ticket WHERE key = ?1 AND ended_at IS NOT NULL");

    /// <returns>False when a ticket has that business key already.</returns>
    public bool TryInsert(long key, NewElement element) =>
        insert.Bind(1, key).Bind(2, element.Id).Bind(3, element.Slot.Node.Workflow).Bind(4, element.BusinessKey)
            .Bind(5, clock.Now).Run() == 1;

    public void End(long key, Destination.End ending) =>
        end.Bind(1, key).Bind(2, (long)ending.Ending).Bind(3, clock.Now).BindJson(4, ending.Result)
            .Bind(5, ending.Reason).Run();

    /// <summary>The element that has or had a ticket; null when there is none.</summary>
    public ElementId? Find(ElementRef element) => FindRow(element)?.Id;

    /// <summary>The same, with what it was submitted with.</summary>
    public (ElementId Id, string Workflow, string BusinessKey)? FindRow(ElementRef element)
    {
        Statement find = element.Id is { } id
            ? byId.Bind(1, id)
            : byBusinessKey.Bind(1, element.Workflow).Bind(2, element.BusinessKey);
        (ElementId, string, string)? found = find.Read() ? (find.Id(0), find.Text(1), find.Text(2)) : null;
        find.Reset();
        return found;
    }

    /// <returns>False when it was gone already, or belongs to an element in flight.</returns>
    public bool Delete(long key) => delete.Bind(1, key).Run() == 1;
}
