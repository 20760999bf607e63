using Npgsql;

namespace Waybill.Postgres.Connections;

/// <summary>One open connection, used by one caller at a time.</summary>
internal sealed class Session(NpgsqlConnection connection, DateTime startedAt) : IAsyncDisposable
{
    public NpgsqlConnection Connection { get; } = connection;

    /// <summary>The server process, so that it can be found and ended when the connection is lost.</summary>
    public (int Id, DateTime StartedAt) Backend { get; } = (connection.ProcessID, startedAt);

    /// <summary>
    /// Whether what is on its way to the server commits: if the connection is lost now, nobody knows.
    /// </summary>
    public bool IsCommitting { get; set; }

    /// <summary>Statements that go to the server in one round trip; without <c>begin</c>, as one transaction.</summary>
    public NpgsqlBatch NewBatch() => new(Connection);

    /// <summary>Sends one statement that returns nothing.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = new(sql, Connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}

/// <summary>Reads like a list of statements.</summary>
internal static class BatchStatements
{
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> arguments)
    {
        NpgsqlBatchCommand command = new(sql);
        foreach (NpgsqlParameter argument in arguments)
            command.Parameters.Add(argument);
        batch.BatchCommands.Add(command);
    }
}
