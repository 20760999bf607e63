using Waybill.Sqlite.Native;

namespace Waybill.Sqlite.Reading;

/// <summary>Runs the queries of listings.</summary>
internal static class Listing
{
    /// <summary>The only number that a query finds.</summary>
    public static long Number(this Database database, string sql, Conditions conditions)
    {
        using Statement statement = conditions.Bind(database.Prepare(sql));
        statement.Read();
        return statement.Long(0);
    }

    public static List<T> All<T>(this Database database, string sql, Conditions conditions, Func<Statement, T> read)
    {
        using Statement statement = conditions.Bind(database.Prepare(sql));
        List<T> found = [];
        while (statement.Read())
            found.Add(read(statement));
        return found;
    }

    /// <summary>One page of a query whose first column is the key in whose order the listing goes.</summary>
    /// <param name="database">Where.</param>
    /// <param name="select">The query up to its conditions.</param>
    /// <param name="key">The first column.</param>
    /// <param name="conditions">The conditions; the page adds its own.</param>
    /// <param name="page">Which page.</param>
    /// <param name="read">Reads one row.</param>
    public static Page<T> Page<T>(
        this Database database, string select, string key, Conditions conditions, PageRequest page,
        Func<Statement, T> read)
    {
        conditions.And(page.After, $"{key} > ");
        // One row more than asked for tells whether there is a next page.
        List<(long Key, T Item)> found = database.All(
            $"{select} WHERE {conditions.Text} ORDER BY {key} LIMIT {page.Size + 1}", conditions,
            row => (row.Long(0), read(row)));
        bool hasMore = found.Count > page.Size;
        return new Page<T>(
            [.. found.Take(page.Size).Select(row => row.Item)], hasMore ? found[page.Size - 1].Key : null);
    }

    /// <summary>A node address from three columns: workflow, version, name.</summary>
    public static NodeAddress Node(this Statement row, int column) =>
        new(row.Text(column), row.Int(column + 1), row.Text(column + 2));

    /// <summary>JSON that may be absent.</summary>
    public static ReadOnlyMemory<byte> Json(this Statement row, int column) =>
        row.IsNull(column) ? default : row.Bytes(column);
}
