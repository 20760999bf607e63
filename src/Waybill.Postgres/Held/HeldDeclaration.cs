using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Held;

/// <summary>
/// Makes the tables of aggregation queues, under a lock that lets processes declare one after the other. Of a table
/// whose columns have changed, those of the declaration before are kept, for processes that still run it; what they are
/// told of elements that a newer process held is empty.
/// </summary>
internal sealed class HeldDeclaration(
    NpgsqlDataSource source, SiteSchema schema, NodeNumbers nodes, HeldTables known)
{
    private const int PageSize = 1000;

    /// <summary>Makes the tables ready, in one transaction; those of one call in the order of their nodes.</summary>
    public async Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel)
    {
        await nodes.LearnAsync(queues.Select(queue => queue.Node), cancel);
        HeldTable[] tables =
            [.. queues.Select(queue => new HeldTable(schema, nodes[queue.Node], queue)).OrderBy(table => table.Node)];
        await DeclareAsync(tables, cancel);
        foreach (HeldTable table in tables)
            known.Add(table);
    }

    private async Task DeclareAsync(HeldTable[] tables, CancellationToken cancel)
    {
        bool isCommitting = false;
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancel);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
            await RunAsync(
                connection, $"select pg_advisory_xact_lock(hashtextextended('{schema.Name} held', 0))", cancel);
            foreach (HeldTable table in tables)
                await DeclareAsync(connection, table, cancel);
            isCommitting = true;
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            if (Faults.Translate(error, isCommitting) is { } translated)
                throw translated;
            throw;
        }
    }

    private async Task DeclareAsync(NpgsqlConnection connection, HeldTable table, CancellationToken cancel)
    {
        Dictionary<string, HeldType> declared = table.Queue.Columns.Index()
            .ToDictionary(column => table.SqlName(column.Index), column => column.Item.Type);
        Dictionary<string, HeldType>? before = await ReadAsync(connection, table, cancel);
        if (before is not null && before.Count == declared.Count && !before.Except(declared).Any())
            return;
        if (before is null)
            await CreateAsync(connection, table, cancel);
        else
            await RebuildAsync(connection, table, before, declared, cancel);
        await using NpgsqlCommand note = new(
            schema.Place(
                """
                insert into waybill.held_queue (node, names, types) values ($1, $2, $3)
                on conflict (node) do update set names = excluded.names, types = excluded.types
                """),
            connection);
        note.Parameters.Add(Arg.Int(table.Node));
        note.Parameters.Add(Arg.Texts([.. declared.Keys]));
        note.Parameters.Add(Arg.Shorts([.. declared.Values.Select(type => (short)type)]));
        await note.ExecuteNonQueryAsync(cancel);
    }

    private async Task<Dictionary<string, HeldType>?> ReadAsync(
        NpgsqlConnection connection, HeldTable table, CancellationToken cancel)
    {
        await using NpgsqlCommand read = new(
            schema.Place("select names, types from waybill.held_queue where node = $1"), connection);
        read.Parameters.Add(Arg.Int(table.Node));
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            return null;
        string[] names = await row.GetFieldValueAsync<string[]>(0, cancel);
        short[] types = await row.GetFieldValueAsync<short[]>(1, cancel);
        return names.Zip(types).ToDictionary(column => column.First, column => (HeldType)column.Second);
    }

    // Empty values stand first in the indexes, so that they serve a listing's order both ways.
    private static Task CreateAsync(NpgsqlConnection connection, HeldTable table, CancellationToken cancel)
    {
        IEnumerable<string> columns =
            table.Queue.Columns.Select((column, index) => Add(table, table.SqlName(index), column.Type));
        return RunAsync(
            connection,
            $"""
            create table {table.Name} (
                key bigint primary key, held_at timestamptz not null, group_key text collate "C" not null)
                with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
            create index on {table.Name} (held_at, key);
            create index on {table.Name} (group_key, held_at, key);
            {string.Join('\n', columns)}
            """,
            cancel);
    }

    private static string Add(HeldTable table, string column, HeldType type)
    {
        string collation = type == HeldType.Text ? " collate \"C\"" : "";
        return $"""
            alter table {table.Name} add column {column} {HeldTable.SqlTypeOf(type)}{collation};
            create index on {table.Name} ({column} nulls first, key);
            """;
    }

    private async Task RebuildAsync(
        NpgsqlConnection connection, HeldTable table, Dictionary<string, HeldType> before,
        Dictionary<string, HeldType> declared, CancellationToken cancel)
    {
        await RunAsync(connection, $"lock table {table.Name} in access exclusive mode", cancel);
        List<string> standing = await ReadColumnsAsync(connection, table, cancel);
        List<string> dropped =
        [
            .. standing.Where(name => declared.TryGetValue(name, out HeldType type)
                ? !before.TryGetValue(name, out HeldType was) || was != type
                : !before.ContainsKey(name)),
        ];
        foreach (string name in dropped)
            await RunAsync(connection, $"alter table {table.Name} drop column {name}", cancel);
        foreach ((string name, HeldType type) in declared)
        {
            if (!standing.Contains(name) || dropped.Contains(name))
                await RunAsync(connection, Add(table, name, type), cancel);
        }

        long last = long.MinValue;
        while (await RefillAsync(connection, table, last, cancel) is { } next)
            last = next;
    }

    private static async Task<List<string>> ReadColumnsAsync(
        NpgsqlConnection connection, HeldTable table, CancellationToken cancel)
    {
        List<string> names = [];
        await using NpgsqlCommand read = new(
            $"""
            select attname from pg_attribute
            where attrelid = '{table.Name}'::regclass and attnum > 3 and not attisdropped order by attnum
            """,
            connection);
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            names.Add($"\"{row.GetString(0)}\"");
        return names;
    }

    // One page of the table, from the data of its elements.
    private async Task<long?> RefillAsync(
        NpgsqlConnection connection, HeldTable table, long after, CancellationToken cancel)
    {
        List<long> keys = [];
        List<HeldRow> rows = [];
        await using (NpgsqlCommand read = new(
            schema.Place(
                $"""
                select h.key, e.data from {table.Name} h join waybill.element e on e.key = h.key
                where h.key > $1 order by h.key limit {PageSize}
                """),
            connection))
        {
            read.Parameters.Add(Arg.Long(after));
            await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                keys.Add(row.GetInt64(0));
                rows.Add(table.Queue.RowOf(await row.GetFieldValueAsync<byte[]>(1, cancel)));
            }
        }

        if (keys.Count == 0)
            return null;
        await using NpgsqlCommand write = new(table.Refill, connection);
        write.Parameters.Add(Arg.Longs(keys));
        foreach (NpgsqlParameter values in table.Arguments(rows))
            write.Parameters.Add(values);
        await write.ExecuteNonQueryAsync(cancel);
        return keys[^1];
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
