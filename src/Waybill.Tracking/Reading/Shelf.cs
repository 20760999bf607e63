using System.Data.Common;

namespace Waybill.Tracking.Reading;

/// <summary>
/// A place that has elements with their histories: tracking itself, or a part of the warehouse. The same reading
/// statements go to every shelf of every store; they write the schema as <c>waybill.</c>.
/// </summary>
/// <param name="connection">Open, in a transaction that sees one snapshot.</param>
/// <param name="schema">What stands in front of its tables, with the dot.</param>
/// <param name="isArchive">Whether it is a part of the warehouse.</param>
/// <param name="visible">A condition on <c>e</c> for the rows that count; null for all.</param>
/// <param name="until">What is there has ended before this instant; null when that is not known.</param>
internal sealed class Shelf(
    DbConnection connection, string schema, bool isArchive, string? visible = null, DateTimeOffset? until = null)
{
    public DateTimeOffset? Until => until;

    public bool IsArchive => isArchive;

    /// <summary>The rows of <c>waybill.element e</c> that count.</summary>
    public string Visible => visible ?? "1 = 1";

    public async Task<List<T>> ReadAsync<T>(
        string sql, Func<DbDataReader, T> toItem, params (string Name, object? Value)[] arguments)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql.Replace("waybill.", schema, StringComparison.Ordinal);
        foreach ((string name, object? value) in arguments)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value switch
            {
                null => DBNull.Value,
                ElementId id when connection is Microsoft.Data.Sqlite.SqliteConnection =>
                    id.Value.ToByteArray(bigEndian: true),
                ElementId id => id.Value,
                _ => value,
            };
            command.Parameters.Add(parameter);
        }

        List<T> items = [];
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            items.Add(toItem(reader));
        return items;
    }
}

/// <summary>All shelves of a store, as one snapshot shows them.</summary>
/// <param name="Tracking">Tracking itself.</param>
/// <param name="Archives">The parts of the warehouse, newest first; each is opened when it is reached.</param>
internal sealed record Shelves(Shelf Tracking, IEnumerable<Shelf> Archives)
{
    public IEnumerable<Shelf> All => Archives.Prepend(Tracking);
}

/// <summary>Reads columns that the stores keep in different ways.</summary>
internal static class ShelfColumns
{
    public static ElementId Id(this DbDataReader row, int column) => row.GetValue(column) switch
    {
        Guid id => new ElementId(id),
        byte[] id => new ElementId(new Guid(id, bigEndian: true)),
        object other => throw new InvalidCastException($"An element id is {other.GetType()}."),
    };

    public static ElementId? OptionalId(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.Id(column);

    public static long? OptionalLong(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);

    public static string? OptionalText(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[] Bytes(this DbDataReader row, int column) => (byte[])row.GetValue(column);

    public static byte[]? OptionalBytes(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.Bytes(column);
}
