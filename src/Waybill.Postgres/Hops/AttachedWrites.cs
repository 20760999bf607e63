using Npgsql;
using Waybill.Postgres.Connections;

namespace Waybill.Postgres.Hops;

/// <summary>Runs the writes that handlers attached to their hops, in the transaction of those hops.</summary>
internal static class AttachedWrites
{
    /// <summary>What cannot be run whatever the database says; null when all can be tried.</summary>
    public static Exception? Refuse(IReadOnlyList<SiteWrite> writes)
    {
        foreach (SiteWrite write in writes)
        {
            if (write is not SqlWrite sql)
            {
                return new NotSupportedException(
                    $"The PostgreSQL store cannot write a {write.GetType().Name}. "
                    + $"Attach a {nameof(SqlWrite)} instead.");
            }

            foreach ((string name, object? value) in sql.Parameters)
            {
                if (value is not (null or bool or int or long or double or decimal or string or Guid or DateTimeOffset
                    or byte[]))
                {
                    return new NotSupportedException(
                        $"The parameter @{name} of an attached write is a {value.GetType().Name}, which a store "
                        + "cannot keep.");
                }
            }
        }

        return null;
    }

    /// <summary>Runs the writes of one hop.</summary>
    /// <returns>Why they were refused; null when all were run. Errors of the database are thrown.</returns>
    public static async Task<WriteRefusedException?> RunAsync(Session session, IEnumerable<SiteWrite> writes)
    {
        SqlWrite[] statements = [.. writes.Cast<SqlWrite>()];
        await using NpgsqlBatch batch = session.NewBatch();
        foreach (SqlWrite write in statements)
            batch.BatchCommands.Add(ToCommand(write));
        await batch.ExecuteNonQueryAsync();
        foreach ((int index, SqlWrite write) in statements.Index())
        {
            int touched = batch.BatchCommands[index].RecordsAffected;
            if (write.ExpectRows is { } expected && expected != touched)
                return new WriteRefusedException(write.Sql, expected, touched);
        }

        return null;
    }

    private static NpgsqlBatchCommand ToCommand(SqlWrite write)
    {
        NpgsqlBatchCommand command = new(write.Sql);
        foreach ((string name, object? value) in write.Parameters)
            command.Parameters.Add(new NpgsqlParameter(name, ToDatabase(value)));
        return command;
    }

    private static object ToDatabase(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset instant => instant.UtcDateTime,
        _ => value,
    };
}
