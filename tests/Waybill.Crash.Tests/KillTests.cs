using Waybill.Crash.Tests.Sites;

namespace Waybill.Crash.Tests;

/// <summary>One process after the other works on a store and is killed with SIGKILL.</summary>
public sealed class KillTests(SharedPostgres postgres, ITestOutputHelper output)
{
    [Fact]
    public async Task On_SQLite_nothing_is_lost_or_doubled_by_processes_that_are_killed_again_and_again()
    {
        await using CrashSite site = await SqliteSite.CreateAsync();

        await KillAgainAndAgainAsync(site, seed: 1);
    }

    [Fact]
    public async Task On_PostgreSQL_nothing_is_lost_or_doubled_by_processes_that_are_killed_again_and_again()
    {
        await using CrashSite site = await postgres.CreateSiteAsync();

        await KillAgainAndAgainAsync(site, seed: 2);
    }

    private async Task KillAgainAndAgainAsync(CrashSite site, int seed)
    {
        Kills kills = new(site, seed);
        await kills.RunAsync(Kills.Wanted);
        output.WriteLine(await kills.SettleAsync(Kills.Wanted));
    }
}
