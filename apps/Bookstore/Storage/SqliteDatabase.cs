using System.Data.Common;
using Waybill;
using Waybill.Sqlite;

namespace Bookstore.Storage;

/// <inheritdoc/>
public sealed class SqliteDatabase(SqliteStore store) : Database
{
    public override Task WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancel) =>
        store.ExecuteAsync(writes, cancel);

    protected override ValueTask<DbConnection> OpenAsync(CancellationToken cancel) =>
        ValueTask.FromResult<DbConnection>(store.OpenReader());
}
