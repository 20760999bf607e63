using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Changing;

/// <summary>The table <c>change_request</c>.</summary>
internal sealed class ChangeRequests(Database database, TransactionClock clock)
{
    private const string Select = $"SELECT {ChangeRequest.Columns} FROM change_request r WHERE";

    private readonly Statement insert = database.Keep(
        "INSERT INTO change_request (id, type, element, workflow, business_key, payload, actor, reason, at, spreads, "
        + "concerned, past_return, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly Statement byId = database.Keep($"{Select} r.id = ?1");
    private readonly Statement due = database.Keep($"{Select} r.due <= ?1 ORDER BY r.number");
    private readonly Statement settle = database.Keep("UPDATE change_request SET due = NULL WHERE due <= ?1");

    public ChangeRequest? Find(ChangeId id)
    {
        ChangeRequest? found = byId.Bind(1, id).Read() ? ChangeRequest.Read(byId) : null;
        byId.Reset();
        return found;
    }

    /// <summary>Writes a request to the ledger.</summary>
    /// <param name="change">The request.</param>
    /// <param name="element">Its target.</param>
    /// <param name="workflow">The target's workflow.</param>
    /// <param name="businessKey">The target's business key.</param>
    public ChangeRequest Insert(NewChange change, ElementId element, string workflow, string businessKey)
    {
        // A cancel cannot be taken back, so no time runs out for it.
        long? bound = change.Type == NewChange.CancelType ? null : change.Bound?.ToMicroseconds();
        insert.Bind(1, change.Id).Bind(2, change.Type).Bind(3, element).Bind(4, workflow).Bind(5, businessKey)
            .BindJson(6, change.Payload).Bind(7, change.Actor.Name).Bind(8, change.Actor.Reason).Bind(9, clock.Now)
            .Bind(10, change.Spreads ? 1L : 0L).Bind(11, string.Join('\n', change.Concerned))
            .Bind(12, string.Join('\n', change.PastReturn)).Bind(13, clock.Now + bound).Run();
        return Find(change.Id)!;
    }

    /// <summary>Requests whose time has run out, oldest first; each is told of once.</summary>
    public IReadOnlyList<ChangeRequest> TakeDue()
    {
        List<ChangeRequest> found = [];
        due.Bind(1, clock.Now);
        while (due.Read())
            found.Add(ChangeRequest.Read(due));
        settle.Bind(1, clock.Now).Run();
        return found;
    }
}
