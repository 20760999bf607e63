using System.Globalization;
using Microsoft.Data.Sqlite;
using Waybill.Tracking.Reading;

namespace Waybill.Tracking.Sqlite;

/// <summary>
/// Read-only connections. Each reading sees one snapshot of tracking, and the moves that count in it.
/// </summary>
internal sealed class SqliteReaders(string file)
{
    public async Task<T> ReadAsync<T>(Func<Shelves, Task<T>> read, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        List<SqliteConnection> opened = [];
        try
        {
            SqliteConnection tracking = Open(file, opened);
            string visible = string.Create(CultureInfo.InvariantCulture, $"e.move <= {MoveOf(tracking)}");
            return await read(new Shelves(
                new Shelf(tracking, "", isArchive: false),
                Months.All(file)
                    .Select(month => new Shelf(
                        Open(Months.FileOf(file, month), opened), "", isArchive: true, visible, Months.EndOf(month)))));
        }
        finally
        {
            foreach (SqliteConnection connection in opened)
                await connection.DisposeAsync();
        }
    }

    private static SqliteConnection Open(string path, List<SqliteConnection> opened)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        connection.Open();
        opened.Add(connection);
        using SqliteCommand begin = connection.CreateCommand();
        begin.CommandText = "BEGIN";
        begin.ExecuteNonQuery();
        return connection;
    }

    private static long MoveOf(SqliteConnection tracking)
    {
        using SqliteCommand command = tracking.CreateCommand();
        command.CommandText = "SELECT move FROM warehouse";
        return (long)command.ExecuteScalar()!;
    }
}
