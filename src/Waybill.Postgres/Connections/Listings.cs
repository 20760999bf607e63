using System.Text;
using Npgsql;

namespace Waybill.Postgres.Connections;

/// <summary>
/// Reads, and small writes, each on a pooled connection and in a short transaction of its own.
/// </summary>
internal sealed class Listings(NpgsqlDataSource source, SiteSchema schema)
{
    public Task<List<T>> ReadAsync<T>(
        Query query, Func<NpgsqlDataReader, T> toItem, CancellationToken cancel) =>
        RunAsync(
            query,
            async command =>
            {
                List<T> items = [];
                await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
                while (await reader.ReadAsync(cancel))
                    items.Add(toItem(reader));
                return items;
            },
            mayCommit: false,
            cancel);

    public Task<long> CountAsync(Query query, CancellationToken cancel) =>
        RunAsync(query, async command => (long)(await command.ExecuteScalarAsync(cancel))!, mayCommit: false, cancel);

    /// <summary>Runs one writing statement as one transaction.</summary>
    /// <returns>How many rows it touched.</returns>
    public Task<int> WriteAsync(Query query, CancellationToken cancel) =>
        RunAsync(query, command => command.ExecuteNonQueryAsync(cancel), mayCommit: true, cancel);

    /// <summary>Runs a few statements as one transaction.</summary>
    /// <param name="work">Runs them; false undoes them.</param>
    /// <param name="cancel">Stops waiting, until the commit.</param>
    /// <returns>What the work returned; true when it is durable.</returns>
    public async Task<bool> TransactAsync(
        Func<NpgsqlConnection, SiteSchema, Task<bool>> work, CancellationToken cancel)
    {
        bool isCommitting = false;
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancel);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
            if (!await work(connection, schema))
                return false;
            isCommitting = true;
            await transaction.CommitAsync(CancellationToken.None);
            return true;
        }
        catch (Exception error)
        {
            if (Translate(error, isCommitting) is { } translated)
                throw translated;
            throw;
        }
    }

    private async Task<T> RunAsync<T>(
        Query query, Func<NpgsqlCommand, Task<T>> run, bool mayCommit, CancellationToken cancel)
    {
        bool isSent = false;
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancel);
            await using NpgsqlCommand command = new(schema.Place(query.Sql), connection);
            foreach (NpgsqlParameter argument in query.Arguments)
                command.Parameters.Add(argument);
            isSent = true;
            return await run(command);
        }
        catch (Exception error)
        {
            if (Translate(error, mayCommit && isSent) is { } translated)
                throw translated;
            throw;
        }
    }

    private Exception? Translate(Exception error, bool mayHaveCommitted)
    {
        // Other connections of the pool are likely to be gone as well.
        if (Faults.EndsSession(error))
            source.Clear();
        return Faults.Translate(error, mayHaveCommitted);
    }
}

/// <summary>A statement that grows by the conditions that were asked for.</summary>
internal sealed class Query(string begin)
{
    private readonly StringBuilder sql = new(begin);
    private readonly List<NpgsqlParameter> arguments = [];
    private bool hasCondition;

    public string Sql => sql.ToString();

    public IReadOnlyList<NpgsqlParameter> Arguments => arguments;

    /// <summary>Adds a condition in which <c>@</c> stands for the argument.</summary>
    public Query Where(string condition, NpgsqlParameter argument)
    {
        arguments.Add(argument);
        return Where(condition.Replace("@", $"${arguments.Count}", StringComparison.Ordinal));
    }

    public Query Where(string condition)
    {
        sql.Append(hasCondition ? "\n  and " : "\nwhere ").Append(condition);
        hasCondition = true;
        return this;
    }

    public Query WhereGiven<T>(T? value, string condition, Func<T, NpgsqlParameter> argument)
        where T : struct =>
        value is { } given ? Where(condition, argument(given)) : this;

    public Query WhereGiven(string? value, string condition) =>
        value is null ? this : Where(condition, Arg.Text(StorableText.Of(value)));

    /// <summary>Adds what follows the conditions, in which <c>@</c> stands for the argument.</summary>
    public Query Then(string clause, NpgsqlParameter? argument = null)
    {
        if (argument is not null)
            arguments.Add(argument);
        sql.Append('\n').Append(clause.Replace("@", $"${arguments.Count}", StringComparison.Ordinal));
        return this;
    }

    /// <summary>Begins a part with conditions of its own.</summary>
    public Query Again(string clause)
    {
        sql.Append('\n').Append(clause);
        hasCondition = false;
        return this;
    }

    /// <summary>Makes this statement a part of another one.</summary>
    public Query Wrap(string before, string behind)
    {
        sql.Insert(0, before).Append('\n').Append(behind);
        return this;
    }

    /// <summary>
    /// One page in the order of a key; one row more than asked for tells whether there is a next page.
    /// </summary>
    public Query Page(string key, PageRequest page)
    {
        if (page.After is { } after)
            Where($"{key} > @", Arg.Long(after));
        return Then($"order by {key} limit @", Arg.Int(page.Size + 1));
    }
}

internal static class Pages
{
    public static Page<T> Cut<T>(this PageRequest page, List<(long Key, T Item)> rows) => new(
        [.. rows.Take(page.Size).Select(row => row.Item)],
        rows.Count > page.Size ? rows[page.Size - 1].Key : null);
}
