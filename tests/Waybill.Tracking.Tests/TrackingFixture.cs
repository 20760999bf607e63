using Waybill.Testing;
using Waybill.Tracking.Postgres;
using Waybill.Tracking.Sqlite;

namespace Waybill.Tracking.Tests;

/// <summary>A tracking store of one kind that can be closed and opened again.</summary>
public abstract class TrackingFixture : IAsyncDisposable
{
    public TrackingStore Store { get; private set; } = null!;

    /// <summary>Opens the store; when it is open, as after the death of its process.</summary>
    public async Task OpenAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
        Store = Make();
        await Store.OpenAsync(CancellationToken.None);
    }

    /// <summary>Makes the store as another process does that only reads.</summary>
    public abstract TrackingStore MakeReader();

    /// <summary>All that a thief of the disk could read.</summary>
    public abstract Task<byte[]> EverythingAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Store.DisposeAsync();
    }

    protected abstract TrackingStore Make();
}

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqliteTrackingFixture : TrackingFixture
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-tracking-");

    public string File => Path.Combine(folder.FullName, "tracking.db");

    public override TrackingStore MakeReader() => new SqliteTrackingStore(File, isReadOnly: true);

    public override Task<byte[]> EverythingAsync() => Task.FromResult(
        folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => !file.Name.EndsWith(".lock", StringComparison.Ordinal))
            .SelectMany(file => ReadShared(file.FullName)).ToArray());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    protected override TrackingStore Make() => new SqliteTrackingStore(File);

    // From a copy: closing a handle of the file itself would drop the locks that SQLite has on it.
    private static byte[] ReadShared(string file)
    {
        string copy = $"{file}.copy";
        using System.Diagnostics.Process copier = System.Diagnostics.Process.Start("cp", [file, copy]);
        copier.WaitForExit();
        byte[] bytes = System.IO.File.ReadAllBytes(copy);
        System.IO.File.Delete(copy);
        return bytes;
    }
}

/// <summary>
/// One private server for all tests of this assembly that need PostgreSQL; they run one after the other.
/// </summary>
/// <remarks>Autovacuum is off: its transactions would hold rows of a journal back.</remarks>
public sealed class SharedPostgres : IAsyncLifetime
{
    private int lastSchema;

    public PostgresServer Server { get; private set; } = null!;

    public string NextSchema() => $"tracking{Interlocked.Increment(ref lastSchema)}";

    public async ValueTask InitializeAsync() =>
        Server = await PostgresServer.StartNewAsync("autovacuum=off", "fsync=off");

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<SharedPostgres>
{
    public const string Name = "postgres";
}

/// <summary>Two schemas of the shared server.</summary>
public sealed class PostgresTrackingFixture(SharedPostgres shared) : TrackingFixture
{
    private readonly string schema = shared.NextSchema();

    public string Schema => schema;

    public override TrackingStore MakeReader() => Make();

    public override async Task<byte[]> EverythingAsync()
    {
        await using Npgsql.NpgsqlDataSource source = Npgsql.NpgsqlDataSource.Create(shared.Server.ConnectionString());
        List<byte> all = [];
        // Bytes in a row's text are hexadecimal digits; those of rows set aside may be texts.
        string aside = $"(select a, encode(a.detail, 'escape'), encode(a.facts, 'escape') from {schema}.aside a)";
        string[] tables =
        [
            .. ((string[])["element", "history", "subject", "aside_act"]).Select(table => $"{schema}.{table}"),
            $"{schema}_warehouse.element", $"{schema}_warehouse.history", aside,
        ];
        foreach (string table in tables)
        {
            await using Npgsql.NpgsqlCommand command = source.CreateCommand(
                $"select coalesce(string_agg(t::text, '|'), '') from {table} t");
            all.AddRange(System.Text.Encoding.UTF8.GetBytes((string)(await command.ExecuteScalarAsync())!));
        }

        return [.. all];
    }

    protected override TrackingStore Make() => new PostgresTrackingStore(shared.Server.ConnectionString(), schema);
}
