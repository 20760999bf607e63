using Microsoft.Data.Sqlite;
using Waybill.Sqlite;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Conformance;

namespace Waybill.Stores.Tests;

/// <summary>A SQLite store in a folder of its own.</summary>
internal sealed class SqliteFixture : StoreFixture
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-sqlite-");
    private readonly FakeTime time = new();
    private readonly SqliteStore store;

    private SqliteFixture() => store = new SqliteStore(Path.Combine(folder.FullName, "site.db"), time);

    public override ISiteStore Store => store;

    public override DateTimeOffset Now => time.GetUtcNow();

    public static async Task<StoreFixture> CreateAsync()
    {
        SqliteFixture fixture = new();
        await fixture.store.OpenAsync(CancellationToken.None);
        await fixture.store.ExecuteAsync(
            [
                new SqlWrite(
                    "CREATE TABLE tally (key TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value < 1000000))"),
            ],
            CancellationToken.None);
        return fixture;
    }

    public override Task AdvanceAsync(TimeSpan span)
    {
        time.Advance(span);
        return Task.CompletedTask;
    }

    public override SiteWrite Put(string key, long value) => new SqlWrite(
        "INSERT INTO tally (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        ("key", key), ("value", value));

    public override SiteWrite Add(string key, long change) => new SqlWrite(
        "INSERT INTO tally (key, value) VALUES (@key, @change) "
        + "ON CONFLICT (key) DO UPDATE SET value = value + excluded.value",
        ("key", key), ("change", change));

    public override SiteWrite Refuse() => new SqlWrite("INSERT INTO tally (key, value) VALUES ('refused', 1000000)");

    public override async Task<long?> ReadAsync(string key)
    {
        await using SqliteConnection reader = store.OpenReader();
        await using SqliteCommand command = reader.CreateCommand();
        command.CommandText = "SELECT value FROM tally WHERE key = @key";
        command.Parameters.AddWithValue("@key", key);
        return (long?)await command.ExecuteScalarAsync();
    }

    public override Task<ISiteStore> OpenAnotherAsync() =>
        throw new NotSupportedException("A SQLite site belongs to one process.");

    public override async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
}
