using Waybill.Sqlite.Moving;
using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Changing;

/// <summary>A request that is pending at an element.</summary>
internal sealed record PendingMark(ChangeRequest Request, bool IsConcerned);

/// <summary>The table <c>change_mark</c>, and how many of them each place has.</summary>
internal sealed class ChangeMarks(Database database)
{
    private readonly Statement insert = database.Keep(
        "INSERT INTO change_mark (request, key, is_concerned, is_cancel) VALUES (?1, ?2, ?3, ?4)");

    private readonly Statement delete = database.Keep("DELETE FROM change_mark WHERE request = ?1 AND key = ?2");
    private readonly Statement answer = database.Keep(
        "UPDATE change_mark SET answered_hop = ?3, answered_revision = ?4 WHERE request = ?1 AND key = ?2");

    private readonly Statement count = database.Keep("UPDATE place SET changes = changes + ?2 WHERE key = ?1");
    private readonly Statement any = database.Keep("SELECT 1 FROM change_mark WHERE request = ?1 AND key = ?2");
    private readonly Statement keys = database.Keep("SELECT key FROM change_mark WHERE request = ?1 ORDER BY key");
    private readonly Statement ofElement = database.Keep(
        $"SELECT {ChangeRequest.Columns}, m.is_concerned FROM change_mark m "
        + "CROSS JOIN change_request r ON r.number = m.request WHERE m.key = ?1 ORDER BY m.request");

    public bool HasAny(ChangeRequest request, long key)
    {
        bool hasAny = any.Bind(1, request.Number).Bind(2, key).Read();
        any.Reset();
        return hasAny;
    }

    /// <summary>What is pending at an element, oldest request first; cancels are among them.</summary>
    public IReadOnlyList<PendingMark> Of(long key)
    {
        List<PendingMark> found = [];
        ofElement.Bind(1, key);
        while (ofElement.Read())
            found.Add(new PendingMark(ChangeRequest.Read(ofElement), ofElement.Long(ChangeRequest.Next) != 0));
        return found;
    }

    /// <summary>The keys of the elements where a request is pending, oldest first.</summary>
    public IReadOnlyList<long> KeysOf(ChangeRequest request)
    {
        List<long> found = [];
        keys.Bind(1, request.Number);
        while (keys.Read())
            found.Add(keys.Long(0));
        return found;
    }

    public void Insert(ChangeRequest request, long key, bool isConcerned)
    {
        insert.Bind(1, request.Number).Bind(2, key).Bind(3, isConcerned ? 1L : 0L).Bind(4, request.IsCancel ? 1L : 0L)
            .Run();
        Count(request, key, 1);
    }

    public void Delete(ChangeRequest request, long key)
    {
        delete.Bind(1, request.Number).Bind(2, key).Run();
        Count(request, key, -1);
    }

    /// <summary>Notes that a request stays pending at an element as it is now.</summary>
    public void Answer(ChangeRequest request, ElementRow element) =>
        answer.Bind(1, request.Number).Bind(2, element.Key).Bind(3, element.Hop).Bind(4, element.Place.Revision).Run();

    private void Count(ChangeRequest request, long key, long change)
    {
        if (!request.IsCancel)
            count.Bind(1, key).Bind(2, change).Run();
    }
}
