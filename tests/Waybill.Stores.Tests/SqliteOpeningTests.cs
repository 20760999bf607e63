using Waybill.Sqlite;

namespace Waybill.Stores.Tests;

public sealed class SqliteOpeningTests : IAsyncDisposable
{
    private readonly SqliteSite site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task The_description_tells_the_version_of_the_library_and_the_file()
    {
        SqliteStore store = await site.OpenAsync();

        Assert.Matches(@"^SQLite 3\.\d+\.\d+, .*site\.db$", store.Description);
    }

    [Fact]
    public async Task Opening_twice_is_harmless()
    {
        SqliteStore store = await site.OpenAsync();

        await store.OpenAsync(default);

        Assert.True((await store.Elements.AcceptAsync([site.Order()], default))[0].IsNew);
    }

    [Fact]
    public async Task A_store_that_was_not_opened_says_what_to_do()
    {
        SqliteStore store = site.New();

        InvalidOperationException writing = await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.Elements.AcceptAsync([site.Order()], default));
        InvalidOperationException reading = await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.Journal.CountAsync(default));

        Assert.Contains("OpenAsync", writing.Message, StringComparison.Ordinal);
        Assert.Contains("OpenAsync", reading.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_store_refuses_everything()
    {
        SqliteStore store = await site.OpenAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Elements.AcceptAsync([site.Order()], default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.Journal.CountAsync(default));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Closing_finishes_what_was_taken_in_and_leaves_one_file()
    {
        SqliteStore store = await site.OpenAsync();
        Task<IReadOnlyList<Acceptance>>[] accepts =
            [.. Enumerable.Range(0, 50).Select(_ => store.Elements.AcceptAsync([site.Order()], default))];

        await store.DisposeAsync();

        Assert.All(accepts, accept => Assert.True(accept.IsCompletedSuccessfully));
        Assert.False(File.Exists($"{site.File}-wal"));
        SqliteStore again = await site.OpenAsync();
        Assert.Equal(50, await again.Directory.CountAsync(ElementFilter.All, default));
    }

    [Fact]
    public async Task A_second_writer_is_told_who_has_the_file_and_what_to_do()
    {
        await site.OpenAsync();
        SqliteStore second = site.New();

        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => second.OpenAsync(default));

        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.Contains("ReadOnly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_writer_can_open_when_the_first_has_closed()
    {
        SqliteStore first = await site.OpenAsync();
        SqliteStore second = site.New();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => second.OpenAsync(default));
        await first.DisposeAsync();

        await second.OpenAsync(default);

        Assert.True((await second.Elements.AcceptAsync([site.Order()], default))[0].IsNew);
    }

    [Fact]
    public async Task Work_of_the_process_before_is_returned_without_waiting_for_its_lease()
    {
        SqliteStore before = await site.OpenAsync();
        (WorkerEpoch dead, ClaimedElement order) = await site.StartAsync(before);
        await before.DisposeAsync();
        SqliteStore store = await site.OpenAsync();

        int returned = await store.Workers.ReclaimAsync(10, default);

        Assert.Equal(1, returned);
        Assert.Empty(await store.Workers.ListAsync(default));
        await Assert.ThrowsAsync<EpochLostException>(
            () => store.Elements.CommitAsync(dead, [SqliteSite.Finish(order)], default));
    }

    [Fact]
    public async Task No_number_is_given_out_twice_not_even_when_all_that_had_it_is_gone()
    {
        SqliteStore before = await site.OpenAsync();
        (WorkerEpoch epoch, ClaimedElement order) = await site.StartAsync(before);
        await before.Elements.CommitAsync(epoch, [SqliteSite.Finish(order)], default);
        JournalPosition last = (await before.Journal.ReadAsync(default, 10, default))[^1].Position;
        site.Time.Advance(TimeSpan.FromHours(1));
        await before.Tickets.PurgeAsync(site.Time.GetUtcNow(), 10, default);
        await before.Journal.TrimAsync(site.Time.GetUtcNow(), 10, default);
        await before.DisposeAsync();
        SqliteStore store = await site.OpenAsync();

        (WorkerEpoch nextEpoch, ClaimedElement nextOrder) = await site.StartAsync(store);

        Assert.True(nextEpoch.Value > epoch.Value);
        Assert.True(nextOrder.Key > order.Key);
        Assert.True(Assert.Single(await store.Journal.ReadAsync(last, 10, default)).Position.CompareTo(last) > 0);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        SqliteStore store = await site.OpenAsync();
        await store.DisposeAsync();
        site.Execute("PRAGMA user_version = 99");

        StoreVersionException writing = await Assert.ThrowsAsync<StoreVersionException>(() => site.OpenAsync());
        await Assert.ThrowsAsync<StoreVersionException>(() => site.OpenAsync(isReadOnly: true));

        Assert.Equal(99, writing.Found);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_alone()
    {
        await File.WriteAllTextAsync(site.File, new string('x', 5000));

        await Assert.ThrowsAsync<StoreBrokenException>(() => site.OpenAsync());

        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(site.File));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(99)]
    public async Task A_database_of_another_program_is_left_alone(int version)
    {
        site.Execute($"CREATE TABLE note (text TEXT); PRAGMA user_version = {version}");
        byte[] before = await File.ReadAllBytesAsync(site.File);

        InvalidOperationException writing =
            await Assert.ThrowsAsync<InvalidOperationException>(() => site.OpenAsync());
        InvalidOperationException reading =
            await Assert.ThrowsAsync<InvalidOperationException>(() => site.OpenAsync(isReadOnly: true));

        Assert.Contains("another program", writing.Message, StringComparison.Ordinal);
        Assert.Contains("another program", reading.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(site.File));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("file/site.db")]
    public async Task Where_no_file_can_be_it_says_so(string place)
    {
        Directory.CreateDirectory(Path.Combine(site.Folder, "folder"));
        await File.WriteAllTextAsync(Path.Combine(site.Folder, "file"), "in the way");
        string file = Path.Combine(site.Folder, place);
        await using SqliteStore store = new(file, site.Time);

        IOException error = await Assert.ThrowsAsync<IOException>(() => store.OpenAsync(default));

        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_made()
    {
        await using SqliteStore store = new(Path.Combine(site.Folder, "new", "site.db"), site.Time);

        await store.OpenAsync(default);

        Assert.True(File.Exists(Path.Combine(site.Folder, "new", "site.db")));
    }
}
