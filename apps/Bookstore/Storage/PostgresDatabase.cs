using System.Data.Common;
using Npgsql;
using Waybill;
using Waybill.Postgres;

namespace Bookstore.Storage;

/// <inheritdoc/>
public sealed class PostgresDatabase(PostgresStore store, string connectionString) : Database, IAsyncDisposable
{
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(connectionString);

    public override Task WriteAsync(IReadOnlyList<SqlWrite> writes, CancellationToken cancel) =>
        store.ExecuteAsync(writes, cancel);

    public ValueTask DisposeAsync() => source.DisposeAsync();

    protected override async ValueTask<DbConnection> OpenAsync(CancellationToken cancel) =>
        await source.OpenConnectionAsync(cancel);
}
