using System.Text.RegularExpressions;
using Waybill.Crash.Tests.Checks;
using Waybill.Crash.Tests.Processes;
using Waybill.Crash.Tests.Sites;
using Waybill.Stores;

namespace Waybill.Crash.Tests;

/// <summary>Two processes on one PostgreSQL site.</summary>
public sealed partial class SeveralProcessesTests(SharedPostgres postgres)
{
    private const int Pauses = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    // Long enough that work is left after all pauses, however fast the machine is.
    private static readonly TimeSpan LongWork = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task A_paused_process_loses_its_work_to_the_other_and_cannot_commit_when_it_goes_on()
    {
        await using CrashSite site = await postgres.CreateSiteAsync();
        await using ISiteStore store = site.CreateStore();
        await store.OpenAsync(CancellationToken.None);
        ChildProcess paused = site.Start(count: 2000, o => o with { Window = 2000, Lease = Lease, Work = LongWork });
        ChildProcess other = site.Start(count: 0, o => o with { Lease = Lease, Work = LongWork });
        await other.ReadyAsync();

        for (int i = 1; i <= Pauses; i++)
        {
            await PauseWhileItOwnsAsync(paused, store);
            int before = other.Reclaimed;
            await other.UntilAsync(() => other.Reclaimed > before, "to take elements over");
            paused.Continue();
            await paused.SaidAsync("log 2002 Lost worker epoch", times: i);
            await paused.SaidAsync("log 2001 Began worker epoch", times: i + 1);
        }

        Assert.Contains(paused.Said("log 2002"), line => HeldWhenLost().Match(line).Groups[1].Value != "0");
        await paused.DrainAsync();
        await paused.StopAsync();
        await other.StopAsync();
        await site.AssertBooksBalanceAsync();
    }

    [Fact]
    public async Task The_work_of_a_killed_process_is_taken_over_by_the_other()
    {
        await using CrashSite site = await postgres.CreateSiteAsync();
        await using ISiteStore store = site.CreateStore();
        await store.OpenAsync(CancellationToken.None);
        ChildProcess killed = site.Start(count: 1000, o => o with { Work = Work });
        ChildProcess other = site.Start(count: 0, o => o with { Work = Work });
        await other.ReadyAsync();
        await killed.SaidAsync("ack ", times: 100);

        await PauseWhileItOwnsAsync(killed, store);
        await killed.KillAsync();
        await other.UntilAsync(() => other.Reclaimed > 0, "to take elements over");

        await other.DrainAsync();
        await other.StopAsync();
        await site.AssertBooksBalanceAsync();
    }

    [Fact]
    public async Task A_second_process_shares_a_bottleneck_node_with_nothing_reconfigured()
    {
        await using CrashSite site = await postgres.CreateSiteAsync();
        ChildProcess first = site.Start(count: 600, o => o with { Window = 600, Work = Work });
        await first.SaidAsync("ack ", times: 600);

        ChildProcess second = site.Start(count: 0, o => o with { Node = "stamp", Work = Work });
        await second.ReadyAsync();
        await first.DrainAsync();

        await first.StopAsync();
        await second.StopAsync();
        Books books = await site.AssertBooksBalanceAsync();
        ILookup<string, RunLine> runs = books.Runs.ToLookup(run => run.Worker);
        Assert.Contains(runs[first.Options.Name], run => run.Node == "stamp");
        Assert.All(runs[second.Options.Name], run => Assert.Equal("stamp", run.Node));
        Assert.NotEmpty(runs[second.Options.Name]);
    }

    /// <summary>Stops a process at a moment at which it owns elements.</summary>
    private static async Task PauseWhileItOwnsAsync(ChildProcess child, ISiteStore store)
    {
        await Eventually.GetAsync(
            async () =>
            {
                child.Pause();
                IReadOnlyList<WorkerRecord> workers = await store.Workers.ListAsync(CancellationToken.None);
                bool owns = workers.Any(worker => worker.Name == child.Options.Name && worker.Owned > 0);
                if (!owns)
                    child.Continue();
                return owns;
            },
            owns => owns,
            "a paused process that owns elements");
    }

    [GeneratedRegex(@"dropped (\d+) elements")]
    private static partial Regex HeldWhenLost();
}
