using Npgsql;
using NpgsqlTypes;
using Waybill.Bench.Workload;

namespace Waybill.Bench.Limits;

/// <summary>
/// The fastest straightforward loop on PostgreSQL that writes as durably as a hop: one prepared statement, and so one
/// transaction and one round trip, updates each element's row in place and writes the journal rows.
/// </summary>
internal sealed class PostgresLimit : ILimitLoop
{
    private const string Schema = """
        create schema bare;
        create table bare.element(
            key bigint primary key, id uuid not null unique, business_key text not null,
            accepted_at timestamptz not null, node int not null, hop int not null, arrived_hop int not null,
            moved_at timestamptz not null, failure text, data bytea not null) with (fillfactor=75);
        create table bare.journal(
            tx xid8 not null default pg_current_xact_id(), n int not null, at timestamptz not null,
            kind smallint not null, element uuid not null, hop int not null, node int not null,
            worked int not null, detail text, primary key(tx,n));
        """;

    private const string MoveAndLog = """
        with moved as (
            update bare.element e set node=v.node, hop=e.hop+1, arrived_hop=e.hop+1, moved_at=now(), data=v.data
            from unnest($1::bigint[],$2::int[],$3::int[],$4::bytea[]) with ordinality v(key,hop,node,data,n)
            where e.key=v.key and e.hop=v.hop
            returning e.id, e.hop, e.node, v.n),
        logged as (
            insert into bare.journal(n,at,kind,element,hop,node,worked)
            select n, now(), 1, id, hop, node, 12345 from moved)
        select count(*) from moved
        """;

    // Plans made while the tables were empty would read them whole.
    private const string Planning =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
        + "-c jit=off";

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand move;
    private readonly NpgsqlParameter<long[]> keys = Array<long>(NpgsqlDbType.Bigint);
    private readonly NpgsqlParameter<int[]> hops = Array<int>(NpgsqlDbType.Integer);
    private readonly NpgsqlParameter<int[]> nodes = Array<int>(NpgsqlDbType.Integer);
    private readonly NpgsqlParameter<byte[][]> contents = Array<byte[]>(NpgsqlDbType.Bytea);

    public PostgresLimit(string connectionString, int elements, HopData data)
    {
        connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = Planning,
            Pooling = false,
            Enlist = false,
            WriteBufferSize = 65536,
        }.ConnectionString);
        connection.Open();
        Run(Schema);
        Fill(elements, data);
        Run("vacuum analyze bare.element");
        Run("checkpoint");
        move = new NpgsqlCommand(MoveAndLog, connection) { Parameters = { keys, hops, nodes, contents } };
        move.Prepare();
    }

    public void Move(ReadOnlySpan<int> batch, int hop, HopData data)
    {
        long[] key = new long[batch.Length];
        byte[][] content = new byte[batch.Length][];
        for (int i = 0; i < batch.Length; i++)
            (key[i], content[i]) = (batch[i], data.Of(batch[i], hop + 1));
        int[] from = new int[batch.Length];
        int[] node = new int[batch.Length];
        from.AsSpan().Fill(hop);
        node.AsSpan().Fill(hop % TenHops.Hops);
        (keys.TypedValue, hops.TypedValue, nodes.TypedValue, contents.TypedValue) = (key, from, node, content);
        if (move.ExecuteScalar() is not long moved || moved != batch.Length)
            throw new InvalidOperationException($"Of {batch.Length} elements not all were at hop {hop}.");
    }

    public void Dispose()
    {
        move.Dispose();
        connection.Dispose();
    }

    private void Run(string sql)
    {
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    private void Fill(int elements, HopData data)
    {
        Random random = new(4);
        Span<byte> id = stackalloc byte[16];
        using NpgsqlBinaryImporter rows = connection.BeginBinaryImport(
            "copy bare.element(key,id,business_key,accepted_at,node,hop,arrived_hop,moved_at,data) "
            + "from stdin (format binary)");
        for (int element = 0; element < elements; element++)
        {
            random.NextBytes(id);
            rows.StartRow();
            rows.Write((long)element);
            rows.Write(new Guid(id));
            rows.Write($"order-{element}");
            rows.Write(DateTime.UnixEpoch);
            rows.Write(0);
            rows.Write(0);
            rows.Write(0);
            rows.Write(DateTime.UnixEpoch);
            rows.Write(data.Of(element, 0));
        }

        rows.Complete();
    }

    private static NpgsqlParameter<T[]> Array<T>(NpgsqlDbType type) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type };
}
