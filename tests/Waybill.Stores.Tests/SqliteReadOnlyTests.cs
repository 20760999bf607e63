using Microsoft.Data.Sqlite;
using Waybill.Sqlite;

namespace Waybill.Stores.Tests;

public sealed class SqliteReadOnlyTests : IAsyncDisposable
{
    private readonly SqliteSite site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task A_read_only_store_sees_what_the_writer_commits()
    {
        SqliteStore writer = await site.OpenAsync();
        SqliteStore reader = await site.OpenAsync(isReadOnly: true);

        await writer.Elements.AcceptAsync([site.Order()], default);

        Assert.Equal(1, await reader.Directory.CountAsync(ElementFilter.All, default));
        Assert.EndsWith("(read-only)", reader.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_store_refuses_all_that_writes()
    {
        await site.OpenAsync();
        SqliteStore reader = await site.OpenAsync(isReadOnly: true);

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => reader.Elements.AcceptAsync([site.Order()], default));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => reader.Workers.RegisterAsync("worker", TimeSpan.FromHours(1), default));

        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_store_takes_no_lock()
    {
        await (await site.OpenAsync()).DisposeAsync();
        await site.OpenAsync(isReadOnly: true);

        SqliteStore writer = await site.OpenAsync();

        Assert.True((await writer.Elements.AcceptAsync([site.Order()], default))[0].IsNew);
    }

    [Fact]
    public async Task A_read_only_store_reads_what_a_dead_process_left_in_the_log_and_leaves_it_there()
    {
        SqliteStore writer = await site.OpenAsync();
        await writer.Elements.AcceptAsync([site.Order()], default);
        // A copy of the files of a running store is what a process that is killed leaves behind.
        using SqliteSiteCopy copy = new(site.File);

        await using (SqliteStore reader = new(copy.File, site.Time, new SqliteStoreOptions { ReadOnly = true }))
        {
            await reader.OpenAsync(default);
            Assert.Equal(1, await reader.Directory.CountAsync(ElementFilter.All, default));
        }

        Assert.Equal(new FileInfo($"{site.File}-wal").Length, new FileInfo($"{copy.File}-wal").Length);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_made()
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => site.OpenAsync(isReadOnly: true));

        Assert.False(File.Exists(site.File));
    }

    [Fact]
    public async Task The_applications_reader_sees_commits_and_cannot_write()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Elements.AcceptAsync([site.Order("shelf-7")], default);

        await using SqliteConnection reader = store.OpenReader();
        await using SqliteCommand command = reader.CreateCommand();
        command.CommandText = "SELECT business_key FROM ticket";
        Assert.Equal("shelf-7", await command.ExecuteScalarAsync());
        command.CommandText = "DELETE FROM ticket";
        SqliteException error = await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync());

        Assert.Contains("readonly", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A copy of a database with its log, in a folder of its own.</summary>
    private sealed class SqliteSiteCopy : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waybill-sqlite-");

        public SqliteSiteCopy(string file)
        {
            foreach (string suffix in new[] { "", "-wal" })
                System.IO.File.Copy(file + suffix, File + suffix);
        }

        public string File => Path.Combine(folder.FullName, "site.db");

        public void Dispose() => folder.Delete(recursive: true);
    }
}
