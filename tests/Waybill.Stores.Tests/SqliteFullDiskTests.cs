using Waybill.Sqlite;
using Waybill.Testing;

namespace Waybill.Stores.Tests;

public sealed class SqliteFullDiskTests
{
    private readonly FakeTime time = new();
    private readonly List<ElementId> acknowledged = [];
    private int lastId;

    // Several sizes, so that the disk becomes full in different steps of a commit.
    [Theory]
    [InlineData(1900)]
    [InlineData(1964)]
    [InlineData(2028)]
    [InlineData(2092)]
    public async Task A_full_disk_stops_acknowledging_and_space_lets_the_store_go_on(int kibibytes)
    {
        using SmallDisk disk = SmallDisk.Mount(kibibytes, ballastKibibytes: 800);
        string file = Path.Combine(disk.Folder, "site.db");
        await using (SqliteStore store = await OpenAsync(file))
        {
            Exception error = await FillAsync(store);

            Assert.Contains("full", error.Message, StringComparison.Ordinal);
            Assert.True(error is StoreUnavailableException or CommitOutcomeUnknownException, error.ToString());
            Assert.NotEmpty(acknowledged);
            await AssertKeptAsync(store);

            disk.MakeSpace();
            await AcceptAsync(store);
            await AssertKeptAsync(store);
        }

        await using SqliteStore again = await OpenAsync(file);
        await AssertKeptAsync(again);
    }

    private async Task<SqliteStore> OpenAsync(string file)
    {
        SqliteStore store = new(file, time);
        await store.OpenAsync(default);
        return store;
    }

    /// <summary>Accepts orders until the store refuses, three times over.</summary>
    private async Task<Exception> FillAsync(SqliteStore store)
    {
        for (int refused = 0; ;)
        {
            try
            {
                await AcceptAsync(store);
            }
            catch (Exception error)
            {
                if (++refused == 3)
                    return error;
            }
        }
    }

    private async Task AcceptAsync(SqliteStore store)
    {
        ElementId id = new(new Guid(++lastId, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1));
        byte[] data = SqliteSite.Json($"\"{new string('x', 5000)}\"");
        await store.Elements.AcceptAsync(
            [new NewElement(id, new QueueSlot(SqliteSite.Pick), $"order-{lastId}", data)], default);
        acknowledged.Add(id);
    }

    /// <summary>All that was acknowledged is there, and nothing else.</summary>
    private async Task AssertKeptAsync(SqliteStore store)
    {
        Page<ElementSummary> kept = await store.Directory.ListAsync(ElementFilter.All, new PageRequest(1000), default);
        Assert.Equal(acknowledged, kept.Items.Select(element => element.Id));
    }
}
