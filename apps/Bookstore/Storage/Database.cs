using System.Data.Common;
using Waybill;

namespace Bookstore.Storage;

/// <summary>
/// The site's store as the domains use it: short reads here; writes go out on routes, so that they commit with a hop,
/// and only set-up and the feed's own bookmark are written directly. All SQL here runs on SQLite and PostgreSQL alike.
/// </summary>
public abstract class Database
{
    /// <summary>Reads committed rows, in one statement and so in one snapshot.</summary>
    public async Task<List<T>> ReadAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancel,
        params (string Name, object Value)[] parameters)
    {
        await using DbConnection connection = await OpenAsync(cancel);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        List<T> rows = [];
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Writes in one transaction of its own.</summary>
    public abstract Task WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancel);

    protected abstract ValueTask<DbConnection> OpenAsync(CancellationToken cancel);
}
