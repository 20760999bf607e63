using Waybill.Sqlite.Native;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>The table <c>reply</c>.</summary>
internal sealed class Replies(Database database)
{
    private readonly Statement put = database.Keep(
        "INSERT OR REPLACE INTO reply (key, slot, ending, value, reason) VALUES (?1, ?2, ?3, ?4, ?5)");

    private readonly Statement clear = database.Keep("DELETE FROM reply WHERE key = ?1");
    private readonly Statement any = database.Keep("SELECT 1 FROM reply WHERE key = ?1 LIMIT 1");
    private readonly Statement all = database.Keep(
        "SELECT slot, ending, value, reason FROM reply WHERE key = ?1 ORDER BY slot");

    public void Put(long key, Reply reply) =>
        put.Bind(1, key).Bind(2, reply.Slot).Bind(3, (long)reply.Ending).BindJson(4, reply.Value)
            .Bind(5, reply.Reason).Run();

    public void Clear(long key) => clear.Bind(1, key).Run();

    public bool HasAny(long key)
    {
        bool hasAny = any.Bind(1, key).Read();
        any.Reset();
        return hasAny;
    }

    /// <summary>The replies to an element, by slot.</summary>
    public IReadOnlyList<Reply> Of(long key)
    {
        List<Reply> found = [];
        all.Bind(1, key);
        while (all.Read())
        {
            found.Add(new Reply(
                all.Int(0), (Ending)all.Int(1), all.IsNull(2) ? default : all.Bytes(2), all.OptionalText(3)));
        }

        return found;
    }
}
