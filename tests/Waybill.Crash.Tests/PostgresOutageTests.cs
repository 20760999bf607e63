using Waybill.Crash.Tests.Processes;
using Waybill.Crash.Tests.Sites;

namespace Waybill.Crash.Tests;

/// <summary>The database goes away under a process that works on it.</summary>
public sealed class PostgresOutageTests
{
    private const int Outages = 6;
    private const int CutConnections = 20;
    private const string LoopPaused = "log 1002 ";

    [Fact]
    public async Task A_server_that_stops_at_once_and_comes_back_again_and_again_loses_and_doubles_nothing()
    {
        await using PostgresSite site = await PostgresSite.OnOwnServerAsync();
        ChildProcess child = site.Start(count: 100_000);

        for (int i = 0; i < Outages; i++)
        {
            await GoesOnAsync(child, 200);
            int noticed = child.Count(LoopPaused);
            await site.Server.CrashAsync();
            await child.SaidAsync(LoopPaused, noticed + 1);
            await site.Server.StartAsync();
        }

        await GoesOnAsync(child, 200);
        await SettleAsync(site, child);
    }

    [Fact]
    public async Task A_server_that_is_away_for_longer_than_the_lease_finds_the_worker_waiting_for_it()
    {
        await using PostgresSite site = await PostgresSite.OnOwnServerAsync();
        ChildProcess child = site.Start(count: 100_000);
        await GoesOnAsync(child, 200);

        // How long the fault lasts, and all that the worker's lease could last.
        await site.Server.StopAsync();
        await Task.Delay(child.Options.Lease * 2, TimeProvider.System);
        await site.Server.StartAsync();

        await GoesOnAsync(child, 200);
        await SettleAsync(site, child);
    }

    [Fact]
    public async Task Connections_that_are_cut_in_the_middle_of_commits_lose_and_double_nothing()
    {
        await using PostgresSite site = await PostgresSite.OnOwnServerAsync();
        ChildProcess child = site.Start(count: 100_000);

        for (int i = 0; i < CutConnections; i++)
        {
            await GoesOnAsync(child, 50);
            await site.ExecuteAsync(
            [
                "select pg_terminate_backend(pid) from pg_stat_activity "
                + "where datname = current_database() and pid <> pg_backend_pid()",
            ]);
        }

        await GoesOnAsync(child, 200);
        await SettleAsync(site, child);
    }

    private static Task GoesOnAsync(ChildProcess child, int acknowledgements) =>
        child.SaidAsync("ack ", child.Acknowledged + acknowledgements);

    private static async Task SettleAsync(PostgresSite site, ChildProcess child)
    {
        await child.DrainAsync();
        await child.StopAsync();
        await site.AssertBooksBalanceAsync();
    }
}
