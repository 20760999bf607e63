using Waybill.Stores;
using Waybill.Tracking.Sqlite;

namespace Waybill.Tracking.Tests;

public sealed class SqliteFilesTests : TrackingTestBase
{
    private readonly Rows rows = new();

    private string File => ((SqliteTrackingFixture)Fixture).File;

    [Fact]
    public async Task A_new_tracking_file_leaves_the_warehouse_of_a_lost_one_alone()
    {
        await FinishAndMoveAsync("order-1");
        await Store.DisposeAsync();
        byte[] warehouse = await System.IO.File.ReadAllBytesAsync(Month, Cancel);
        System.IO.File.Delete(File);

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(OpenAnewAsync);

        Assert.Contains(Month, error.Message, StringComparison.Ordinal);
        Assert.Equal(warehouse, await System.IO.File.ReadAllBytesAsync(Month, Cancel));
    }

    [Fact]
    public async Task An_old_backup_of_the_tracking_file_leaves_a_later_warehouse_alone()
    {
        await FinishAndMoveAsync("order-1");
        await Store.DisposeAsync();
        System.IO.File.Copy(File, $"{File}.backup");
        await Fixture.OpenAsync();
        await FinishAndMoveAsync("order-2", "order-3");
        await Store.DisposeAsync();
        byte[] warehouse = await System.IO.File.ReadAllBytesAsync(Month, Cancel);
        System.IO.File.Move($"{File}.backup", File, overwrite: true);

        await Assert.ThrowsAsync<InvalidOperationException>(OpenAnewAsync);

        Assert.Equal(warehouse, await System.IO.File.ReadAllBytesAsync(Month, Cancel));
    }

    [Fact]
    public async Task A_file_that_was_deleted_takes_nothing_in()
    {
        System.IO.File.Delete(File);

        await Assert.ThrowsAsync<StoreBrokenException>(() => Store.PositionAsync("shop", Cancel));
    }

    [Fact]
    public async Task A_file_that_is_not_there_cannot_be_read_and_is_named()
    {
        await using SqliteTrackingStore reader = new($"{File}.missing", isReadOnly: true);

        FileNotFoundException error = await Assert.ThrowsAsync<FileNotFoundException>(() => reader.OpenAsync(Cancel));

        Assert.Contains($"{File}.missing", error.Message, StringComparison.Ordinal);
    }

    protected override TrackingFixture Create() => new SqliteTrackingFixture();

    private string Month => Directory.GetFiles($"{File}.warehouse", "*.db").Single();

    private async Task OpenAnewAsync()
    {
        await using SqliteTrackingStore store = new(File);
        await store.OpenAsync(Cancel);
    }

    private async Task FinishAndMoveAsync(params string[] keys)
    {
        foreach (string key in keys)
        {
            rows.Accepted(Rows.Id(key[^1]), key).Add(JournalKind.Finished, Rows.Id(key[^1]), 1, Rows.First);
            await rows.ApplyAsync(Store);
            Assert.Equal(1, await Store.MoveAsync(10, Cancel));
        }
    }
}
