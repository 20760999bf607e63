using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Changing;

/// <summary>The table <c>change_outcome</c>.</summary>
internal sealed class ChangeOutcomes(Database database, TransactionClock clock)
{
    // One that was pending keeps its number, and so its place in the order in which elements were reached.
    private readonly Statement put = database.Keep(
        "INSERT INTO change_outcome (request, element, outcome, node, hop, at, reason, difference) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (request, element) DO UPDATE SET "
        + "outcome = excluded.outcome, node = excluded.node, hop = excluded.hop, at = excluded.at, "
        + "reason = excluded.reason, difference = excluded.difference");

    private readonly Statement any = database.Keep("SELECT 1 FROM change_outcome WHERE request = ?1 AND element = ?2");
    private readonly Statement delete = database.Keep("DELETE FROM change_outcome WHERE request = ?1 AND element = ?2");

    public bool HasAny(ChangeRequest request, ElementId element)
    {
        bool hasAny = any.Bind(1, request.Number).Bind(2, element).Read();
        any.Reset();
        return hasAny;
    }

    public void Put(
        ChangeRequest request, ElementRow element, ChangeOutcome outcome, string? reason = null,
        string? difference = null) =>
        Put(request, element.Id, outcome, element.Node, element.Hop, reason, difference);

    /// <summary>Notes that a request found an element that had ended.</summary>
    public void PutEnded(ChangeRequest request) =>
        Put(request, request.Element, ChangeOutcome.TooLate, node: null, hop: 0, reason: null, difference: null);

    public void Delete(ChangeRequest request, ElementId element) =>
        delete.Bind(1, request.Number).Bind(2, element).Run();

    private void Put(
        ChangeRequest request, ElementId element, ChangeOutcome outcome, long? node, int hop, string? reason,
        string? difference) =>
        put.Bind(1, request.Number).Bind(2, element).Bind(3, (long)outcome).Bind(4, node).Bind(5, hop)
            .Bind(6, clock.Now).Bind(7, reason).Bind(8, difference).Run();
}
