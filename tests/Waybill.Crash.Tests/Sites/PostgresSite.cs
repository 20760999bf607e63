using System.Data.Common;
using Npgsql;
using Waybill.Crash.Child;
using Waybill.Postgres;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Crash.Tests.Sites;

/// <summary>A site in a database of its own; perhaps on a server of its own, which a test may stop.</summary>
internal sealed class PostgresSite : CrashSite
{
    private readonly string database;
    private readonly bool ownsServer;

    private PostgresSite(PostgresServer server, string database, bool ownsServer) =>
        (Server, this.database, this.ownsServer) = (server, database, ownsServer);

    public PostgresServer Server { get; }

    public override string Store => $"postgres:{Connection}";

    private string Connection => Server.ConnectionString(database);

    public static async Task<PostgresSite> OnOwnServerAsync() =>
        await PreparedAsync(new PostgresSite(await PostgresServer.StartNewAsync(), "postgres", ownsServer: true));

    public static async Task<PostgresSite> OnAsync(PostgresServer server, string database)
    {
        await server.CreateDatabaseAsync(database);
        return await PreparedAsync(new PostgresSite(server, database, ownsServer: false));
    }

    public override ISiteStore CreateStore() => new PostgresStore(Connection);

    public override async Task<DbConnection> ConnectAsync()
    {
        // Without a pool: after the server was stopped, a pool would first hand out its dead connections.
        NpgsqlConnection connection = new($"{Connection};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (ownsServer)
            await Server.DisposeAsync();
    }

    private static async Task<PostgresSite> PreparedAsync(PostgresSite site)
    {
        await site.ExecuteAsync(Effects.Schema);
        return site;
    }
}
