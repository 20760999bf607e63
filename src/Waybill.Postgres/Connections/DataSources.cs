using Npgsql;

namespace Waybill.Postgres.Connections;

/// <summary>
/// Four ways into one database. Lanes keep their connections and run the store's own statements, for which the planner
/// is told what to do; listings come from a pool with the server's settings; single rows are looked up by their index
/// with statements that stay prepared, from a small pool; tables and indexes are made on connections of their own.
/// </summary>
internal sealed class DataSources : IAsyncDisposable
{
    // A statement that is planned while its tables are empty gets a plan that reads whole tables, and keeps it: 20
    // times slower. All statements of the lanes are written for index lookups, so they are held to them.
    internal const string PlannerSettings =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
        + "-c enable_bitmapscan=off -c jit=off";

    // Less than a lease: a process that is stopped in the middle of a transaction does not hold its locks for longer.
    private const int IdleInTransactionMaxMs = 10_000;

    private const int PreparedMax = 200;

    // Each lookup takes a fraction of a millisecond: more at once would only wait for each other in the server.
    private const int LookupsMax = 16;

    public DataSources(string connectionString, PostgresStoreOptions options)
    {
        int statementMaxMs = (int)options.StatementTimeMax.TotalMilliseconds;
        NpgsqlConnectionStringBuilder settings = new(connectionString)
        {
            ApplicationName = new NpgsqlConnectionStringBuilder(connectionString).ApplicationName ?? "waybill",
            Enlist = false,
            Multiplexing = false,
            // The server gives up first, and says that nothing was written.
            CommandTimeout = (statementMaxMs / 1000) + 10,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 5,
            TcpKeepAliveInterval = 2,
        };
        string timeouts = $"-c idle_in_transaction_session_timeout={IdleInTransactionMaxMs} -c tcp_user_timeout=10000 "
            + "-c client_min_messages=warning";
        Host = $"{settings.Host}:{settings.Port}/{settings.Database}";
        NpgsqlConnectionStringBuilder structure = new(settings.ConnectionString)
        {
            CommandTimeout = 0,
            Pooling = false,
        };
        Structure = Build(structure, $"-c statement_timeout=0 -c lock_timeout=0 {timeouts}", options);
        timeouts = $"-c statement_timeout={statementMaxMs} {timeouts}";
        Listings = Build(settings, timeouts, options);
        settings.MaxAutoPrepare = PreparedMax;
        settings.AutoPrepareMinUsages = 1;
        NpgsqlConnectionStringBuilder lookups = new(settings.ConnectionString)
        {
            MaxPoolSize = LookupsMax,
            // Nothing is set in a lookup's session that would have to be undone.
            NoResetOnClose = true,
        };
        Lookups = Build(lookups, $"{timeouts} {PlannerSettings}", options);
        settings.Pooling = false;
        settings.WriteBufferSize = 64 * 1024;
        settings.ReadBufferSize = 64 * 1024;
        Lanes = Build(settings, $"{timeouts} {PlannerSettings}", options);
    }

    /// <summary>Where the database is, for people.</summary>
    public string Host { get; }

    /// <summary>Connections that stay open and are not shared.</summary>
    public NpgsqlDataSource Lanes { get; }

    /// <summary>Connections for a single statement.</summary>
    public NpgsqlDataSource Listings { get; }

    /// <summary>Connections for looking up one row by a unique index.</summary>
    public NpgsqlDataSource Lookups { get; }

    /// <summary>
    /// Connections for migrations and the tables of aggregation queues. To rewrite or index a large table, or to wait
    /// for another process that does, takes as long as it takes.
    /// </summary>
    public NpgsqlDataSource Structure { get; }

    public async ValueTask DisposeAsync()
    {
        await Structure.DisposeAsync();
        await Lookups.DisposeAsync();
        await Lanes.DisposeAsync();
        await Listings.DisposeAsync();
    }

    private static NpgsqlDataSource Build(
        NpgsqlConnectionStringBuilder settings, string serverSettings, PostgresStoreOptions options)
    {
        NpgsqlDataSourceBuilder builder = new(settings.ConnectionString);
        builder.ConnectionStringBuilder.Options =
            string.Join(' ', new[] { settings.Options, serverSettings }.Where(part => !string.IsNullOrEmpty(part)));
        options.Configure?.Invoke(builder);
        return builder.Build();
    }
}
