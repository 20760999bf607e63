using System.Diagnostics;
using Npgsql;
using Waybill.Postgres;
using Waybill.Testing;

namespace Waybill.Stores.Tests;

/// <summary>The site's tables on a disk that fills up; the server's log has room.</summary>
public sealed class PostgresFullDiskTests
{
    [Fact]
    public async Task A_full_disk_stops_accepting_with_a_clear_error_and_space_lets_it_go_on()
    {
        using SmallDisk disk = SmallDisk.Mount(kibibytes: 16 * 1024, ballastKibibytes: 6 * 1024);
        await using PostgresServer server = await PostgresServer.StartNewAsync();
        await CreateTablespaceAsync(server, disk.Folder);
        await using PostgresStore store = new($"{server.ConnectionString()};Options=-c default_tablespace=small");
        await store.OpenAsync(CancellationToken.None);

        int accepted = 0;
        StoreUnavailableException full = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (true)
                await AcceptAsync(store, accepted++);
        });
        long kept = await store.Directory.CountAsync(ElementFilter.All, CancellationToken.None);
        disk.MakeSpace();
        await AcceptAsync(store, accepted);

        Assert.Contains("disk", full.Message);
        Assert.Equal(accepted - 1, kept);
        Assert.Equal(kept + 1, await store.Directory.CountAsync(ElementFilter.All, CancellationToken.None));
    }

    private static async Task CreateTablespaceAsync(PostgresServer server, string folder)
    {
        using (Process chown = Process.Start("chown", ["postgres", folder]))
            await chown.WaitForExitAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString());
        await using NpgsqlCommand create = source.CreateCommand($"create tablespace small location '{folder}'");
        await create.ExecuteNonQueryAsync();
    }

    private static Task AcceptAsync(PostgresStore store, int number)
    {
        byte[] data = new byte[64 * 1024];
        new Random(number).NextBytes(data);
        return store.Elements.AcceptAsync(
            [
                new NewElement(
                    new ElementId(new Guid(number, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1)),
                    new QueueSlot(new NodeAddress("orders", 1, "authorise")), $"order-{number}", data),
            ],
            CancellationToken.None);
    }
}
