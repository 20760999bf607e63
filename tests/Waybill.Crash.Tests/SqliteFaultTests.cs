using Waybill.Crash.Tests.Processes;
using Waybill.Crash.Tests.Sites;
using Waybill.Stores;

namespace Waybill.Crash.Tests;

/// <summary>Files, processes and disks that an embedded store meets.</summary>
public sealed class SqliteFaultTests
{
    [Fact]
    public async Task A_second_process_is_told_who_has_the_file_and_the_first_goes_on()
    {
        await using SqliteSite site = await SqliteSite.CreateAsync();
        ChildProcess first = site.Start(count: 500);
        await first.SaidAsync("ack ", times: 100);

        await using ISiteStore second = site.CreateStore();
        StoreUnavailableException refused =
            await Assert.ThrowsAsync<StoreUnavailableException>(() => second.OpenAsync(CancellationToken.None));

        Assert.Contains(site.File, refused.Message);
        Assert.Contains($"process {first.ProcessId}", refused.Message);
        await first.SaidAsync("ack ", times: 500);
        await first.DrainAsync();
        await first.StopAsync();
        await site.AssertBooksBalanceAsync();
    }

    [Fact]
    public async Task A_database_that_a_newer_version_wrote_is_refused_and_left_alone()
    {
        await using SqliteSite site = await SqliteSite.CreateAsync();
        await using (ISiteStore store = site.CreateStore())
            await store.OpenAsync(CancellationToken.None);
        await site.ExecuteAsync(["pragma user_version = 999"]);

        await using ISiteStore older = site.CreateStore();
        StoreVersionException refused =
            await Assert.ThrowsAsync<StoreVersionException>(() => older.OpenAsync(CancellationToken.None));

        Assert.Equal(999, refused.Found);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_by_name_and_left_alone()
    {
        await using SqliteSite site = await SqliteSite.CreateAsync();
        byte[] garbage = new byte[64 * 1024];
        new Random(3).NextBytes(garbage);
        await System.IO.File.WriteAllBytesAsync(site.File, garbage);

        await using ISiteStore store = site.CreateStore();
        StoreBrokenException refused =
            await Assert.ThrowsAsync<StoreBrokenException>(() => store.OpenAsync(CancellationToken.None));

        Assert.Contains(site.File, refused.Message);
        Assert.Equal(garbage, await System.IO.File.ReadAllBytesAsync(site.File));
    }

    [Fact]
    public async Task A_full_disk_stops_the_acknowledgements_and_space_brings_everything_back()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(megabytes: 128);
        await using SqliteSite site = await SqliteSite.CreateAsync(disk.Folder);
        ChildProcess child = site.Start(count: 100_000, o => o with { Window = 2000 });
        await child.SaidAsync("ack ", times: 200);

        disk.Fill();
        await child.SaidAsync("refused ", times: 32);
        int acknowledged = child.Acknowledged;
        disk.Free();
        await child.SaidAsync("ack ", times: acknowledged + 200);

        Assert.All(child.Said("refused "), line => Assert.Contains("StoreUnavailableException: The disk", line));
        await child.DrainAsync();
        await child.StopAsync();
        await site.AssertBooksBalanceAsync();
    }
}
