using Waybill.Bench.Workload;

namespace Waybill.Bench.Limits;

/// <summary>
/// The fastest straightforward loop on SQLite that writes as durably as a hop: each element's row updated in place and
/// a journal row, in transactions that are fsynced.
/// </summary>
internal sealed class SqliteLimit : ILimitLoop
{
    private const string Schema = """
        create table element(
            key integer primary key, id blob not null unique, business_key text not null, accepted_at integer not null,
            node integer not null, hop integer not null, arrived_hop integer not null, moved_at integer not null,
            failure text, data blob not null);
        create table journal(
            seq integer primary key, at integer not null, kind integer not null, element blob not null,
            hop integer not null, node integer not null, worked integer not null, detail text);
        """;

    private readonly RawSqlite database;
    private readonly RawSqlite.Statement begin;
    private readonly RawSqlite.Statement commit;
    private readonly RawSqlite.Statement move;
    private readonly RawSqlite.Statement log;
    private readonly byte[][] ids;

    public SqliteLimit(string file, int elements, HopData data)
    {
        Random random = new(4);
        ids = [.. Enumerable.Range(0, elements).Select(_ => NextId(random))];
        database = new RawSqlite(file);
        database.Run("pragma journal_mode=wal; pragma synchronous=full");
        database.Run("pragma wal_autocheckpoint=16000; pragma cache_size=-65536");
        database.Run(Schema);
        Fill(data);
        begin = database.Prepare("begin immediate");
        commit = database.Prepare("commit");
        move = database.Prepare(
            "update element set node=?1,hop=?2,arrived_hop=?2,moved_at=?3,data=?4 where key=?5 and hop=?6");
        log = database.Prepare(
            "insert into journal(at,kind,element,hop,node,worked,detail) values(?1,1,?2,?3,?4,12345,null)");
    }

    public void Move(ReadOnlySpan<int> batch, int hop, HopData data)
    {
        begin.Run();
        foreach (int element in batch)
        {
            long now = 1_700_000_000_000 + hop;
            move.Set(1, hop % TenHops.Hops).Set(2, hop + 1).Set(3, now).Set(4, data.Of(element, hop + 1))
                .Set(5, element).Set(6, hop).Run();
            if (database.Changes != 1)
                throw new InvalidOperationException($"Element {element} was not at hop {hop}.");
            log.Set(1, now).Set(2, ids[element]).Set(3, hop + 1).Set(4, hop % TenHops.Hops).Run();
        }

        commit.Run();
    }

    public void Dispose()
    {
        foreach (RawSqlite.Statement statement in (RawSqlite.Statement[])[begin, commit, move, log])
            statement.Dispose();
        database.Dispose();
    }

    private void Fill(HopData data)
    {
        using RawSqlite.Statement insert = database.Prepare(
            "insert into element values(?1,?2,'order-'||?1,1700000000000,0,0,0,1700000000000,null,?3)");
        database.Run("begin");
        for (int element = 0; element < ids.Length; element++)
            insert.Set(1, element).Set(2, ids[element]).Set(3, data.Of(element, 0)).Run();
        database.Run("commit; pragma wal_checkpoint(truncate)");
    }

    private static byte[] NextId(Random random)
    {
        byte[] id = new byte[16];
        random.NextBytes(id);
        return id;
    }
}
