using Npgsql;
using NpgsqlTypes;

namespace Waybill.Tracking.Postgres;

/// <summary>One connection in a transaction. SQL is written for the schema <c>waybill</c> and moved to the store's own
/// here.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection, NpgsqlTransaction transaction, Schemas schemas)
{
    public async Task<int> RunAsync(string sql, params object?[] arguments)
    {
        await using NpgsqlCommand command = Command(sql, arguments);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task ReadAsync(string sql, Action<NpgsqlDataReader> take, params object?[] arguments)
    {
        await using NpgsqlCommand command = Command(sql, arguments);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            take(reader);
    }

    public string Place(string sql) => schemas.Place(sql);

    private NpgsqlCommand Command(string sql, object?[] arguments)
    {
        NpgsqlCommand command = new(Place(sql), connection, transaction);
        foreach (object? argument in arguments)
            command.Parameters.Add(Parameter(argument));
        return command;
    }

    // Arrays with empty places need their type stated.
    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        Guid?[] ids => Array(ids, NpgsqlDbType.Uuid),
        byte[]?[] bytes => Array(bytes, NpgsqlDbType.Bytea),
        string?[] texts => Array(texts, NpgsqlDbType.Text),
        long?[] numbers => Array(numbers, NpgsqlDbType.Bigint),
        _ => new NpgsqlParameter { Value = value ?? DBNull.Value },
    };

    private static NpgsqlParameter Array(object values, NpgsqlDbType type) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}

/// <summary>The two schemas of a store.</summary>
internal sealed class Schemas(string name)
{
    public string Name { get; } = name;

    public string Tracking { get; } = $"\"{name}\".";

    public string Warehouse { get; } = $"\"{name}_warehouse\".";

    public string Place(string sql) => sql
        .Replace("waybill_warehouse.", Warehouse, StringComparison.Ordinal)
        .Replace("waybill.", Tracking, StringComparison.Ordinal);
}
