using System.Globalization;
using Npgsql;
using Waybill.Testing;

namespace Waybill.Bench.Sites;

/// <summary>
/// PostgreSQL: a private server with the settings of a small machine; each database is one of its own.
/// </summary>
internal sealed class PostgresUnderTest : StoreUnderTest
{
    private static readonly string[] ServerSettings =
    [
        "fsync=on", "synchronous_commit=on", "shared_buffers=256MB", "wal_compression=lz4", "max_wal_size=4GB",
    ];

    private const string ShowSettings = """
        select string_agg(name || '=' || current_setting(name), ', ' order by n)
        from unnest($1) with ordinality v(name, n)
        """;

    private readonly PostgresServer server;
    private readonly NpgsqlDataSource databases;
    private int serverProcess;
    private string version = "";
    private string settings = "";
    private int created;

    private PostgresUnderTest(PostgresServer server)
    {
        this.server = server;
        databases = NpgsqlDataSource.Create(server.ConnectionString());
    }

    public override StoreKind Kind => StoreKind.Postgres;

    public override string Version => version;

    public override string Settings => settings;

    /// <summary>Starts the server.</summary>
    /// <param name="folder">Where its data goes.</param>
    /// <param name="cancel">Stops waiting.</param>
    public static async Task<PostgresUnderTest> StartAsync(string folder, CancellationToken cancel)
    {
        // Temporary folders are made below this one, so the server's data is on the same disk as the rest.
        Environment.SetEnvironmentVariable("TMPDIR", folder);
        PostgresUnderTest started = new(await PostgresServer.StartNewAsync(ServerSettings));
        await started.LookAtServerAsync(cancel);
        return started;
    }

    public override async Task<Place> CreateAsync(CancellationToken cancel)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"bench{++created}");
        await server.CreateDatabaseAsync(name);
        return new Place(Kind, server.ConnectionString(name), serverProcess);
    }

    public override async Task RemoveAsync(Place place)
    {
        string? name = new NpgsqlConnectionStringBuilder(place.Location).Database;
        await RunAsync(databases, $"drop database {name} with (force)", CancellationToken.None);
    }

    public override async ValueTask DisposeAsync()
    {
        await databases.DisposeAsync();
        await server.DisposeAsync();
    }

    protected override async Task SettleAsync(Place place, CancellationToken cancel)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(place.Location);
        await RunAsync(database, "vacuum analyze", cancel);
        await RunAsync(database, "checkpoint", cancel);
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken cancel)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task LookAtServerAsync(CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await databases.OpenConnectionAsync(cancel);
        version = connection.PostgreSqlVersion.ToString();

        // The process that serves a connection is a child of the server's first one.
        string stat = await File.ReadAllTextAsync($"/proc/{connection.ProcessID}/stat", cancel);
        serverProcess = int.Parse(stat.Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        await using NpgsqlCommand show = new(ShowSettings, connection);
        string[] names = [.. ServerSettings.Select(setting => setting.Split('=')[0])];
        show.Parameters.Add(new NpgsqlParameter { Value = names });
        settings = (string)(await show.ExecuteScalarAsync(cancel))!;
    }
}
