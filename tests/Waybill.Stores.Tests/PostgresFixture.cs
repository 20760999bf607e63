using Npgsql;
using Waybill.Postgres;
using Waybill.Testing;
using Waybill.Testing.Conformance;

namespace Waybill.Stores.Tests;

/// <summary>
/// One private server for all tests of this assembly that need PostgreSQL; they run one after the other.
/// </summary>
/// <remarks>
/// One after the other, because a transaction of one test would hold back the journal rows of all others. Autovacuum is
/// off for the same reason. Without fsync, because nothing here crashes the server.
/// </remarks>
public sealed class SharedPostgres : IAsyncLifetime
{
    private int lastSchema;

    public PostgresServer Server { get; private set; } = null!;

    public string NextSchema() => $"site{Interlocked.Increment(ref lastSchema)}";

    public async ValueTask InitializeAsync() =>
        Server = await PostgresServer.StartNewAsync("autovacuum=off", "fsync=off");

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<SharedPostgres>
{
    public const string Name = "postgres";
}

/// <summary>
/// A site in a schema of its own. Time passes by moving all instants that the store keeps into the past.
/// </summary>
public sealed class PostgresFixture : StoreFixture
{
    private readonly string connectionString;
    private readonly string schema;
    private readonly NpgsqlDataSource source;
    private readonly List<ISiteStore> others = [];
    private readonly PostgresStore store;

    private PostgresFixture(string connectionString, string schema)
    {
        this.connectionString = connectionString;
        this.schema = schema;
        source = NpgsqlDataSource.Create(connectionString);
        store = NewStore();
    }

    public override ISiteStore Store => store;

    public override DateTimeOffset Now => DateTimeOffset.UtcNow;

    public static async Task<StoreFixture> CreateAsync(SharedPostgres shared)
    {
        PostgresFixture fixture = new(shared.Server.ConnectionString(), shared.NextSchema());
        await fixture.store.OpenAsync(CancellationToken.None);
        await fixture.RunAsync("create table {0}.numbers (key text primary key, value bigint not null)");
        return fixture;
    }

    public override async Task AdvanceAsync(TimeSpan span)
    {
        (string Table, string[] Columns)[] instants =
        [
            ("worker", ["lease_until"]), ("element", ["accepted_at", "moved_at"]), ("place", ["due"]),
            ("sidelined", ["at"]), ("ticket", ["accepted_at", "ended_at"]), ("journal", ["at"]),
            ("journal_reader", ["since"]), ("change", ["requested_at", "until"]), ("change_outcome", ["at"]),
            ("change_mark", ["until"]), ("stored_record", ["created_at", "changed_at", "kept_until"]),
            .. (await HeldTablesAsync()).Select(table => (table, new[] { "held_at" })),
        ];
        await RunAsync(string.Join(';', instants.Select(row =>
            $"update {{0}}.{row.Table} set "
            + string.Join(',', row.Columns.Select(column =>
                $"{column} = {column} - interval '{span.TotalSeconds} s'")))));
    }

    public override SiteWrite Put(string key, long value) => new SqlWrite(
        $"insert into {schema}.numbers values (@key, @value) on conflict (key) do update set value = @value",
        ("key", key), ("value", value))
    {
        ExpectRows = 1,
    };

    public override SiteWrite Add(string key, long change) => new SqlWrite(
        $"""
        insert into {schema}.numbers as n values (@key, @change)
        on conflict (key) do update set value = n.value + @change
        """,
        ("key", key), ("change", change));

    public override SiteWrite Refuse() =>
        new SqlWrite($"insert into {schema}.numbers values (@key, @value)", ("key", "refused"), ("value", null));

    public override async Task<long?> ReadAsync(string key)
    {
        await using NpgsqlCommand command = source.CreateCommand($"select value from {schema}.numbers where key = $1");
        command.Parameters.AddWithValue(key);
        return (long?)await command.ExecuteScalarAsync();
    }

    public override async Task<ISiteStore> OpenAnotherAsync()
    {
        PostgresStore other = NewStore();
        others.Add(other);
        await other.OpenAsync(CancellationToken.None);
        return other;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (ISiteStore other in others)
            await other.DisposeAsync();
        await store.DisposeAsync();
        await RunAsync("drop schema {0} cascade");
        await source.DisposeAsync();
    }

    private PostgresStore NewStore() =>
        new(connectionString, new PostgresStoreOptions { Schema = schema, AllowsLossOnCrash = true });

    private async Task<List<string>> HeldTablesAsync()
    {
        List<string> tables = [];
        await using NpgsqlCommand command = source.CreateCommand($"select 'held_' || node from {schema}.held_queue");
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            tables.Add(row.GetString(0));
        return tables;
    }

    private async Task RunAsync(string sql)
    {
        await using NpgsqlCommand command = source.CreateCommand(sql.Replace("{0}", schema));
        await command.ExecuteNonQueryAsync();
    }
}
