using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;

namespace Waybill.Sqlite.Moving;

/// <summary>The table <c>sidelined</c>.</summary>
internal sealed class SidelinedRows(Database database, TransactionClock clock)
{
    private readonly Statement insert = database.Keep(
        "INSERT INTO sidelined (key, at, type, message, stack, node, attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");

    private readonly Statement delete = database.Keep("DELETE FROM sidelined WHERE key = ?1");

    public void Insert(long key, Failure failure) =>
        insert.Bind(1, key).Bind(2, clock.Now).Bind(3, failure.Type).Bind(4, failure.Message).Bind(5, failure.Stack)
            .Bind(6, failure.Node).Bind(7, failure.Attempts).Run();

    public void Delete(Place place)
    {
        if (place.State == ElementState.Sidelined)
            delete.Bind(1, place.Key).Run();
    }
}
