using System.Globalization;
using Waybill.Crash.Tests.Checks;
using Waybill.Crash.Tests.Processes;
using Waybill.Crash.Tests.Sites;

namespace Waybill.Crash.Tests;

/// <summary>Starts processes and kills them, one after the other, at moments that nobody chose.</summary>
internal sealed class Kills(CrashSite site, int seed)
{
    private const int PerLifeMax = 600;
    private const int KilledWhileStartingEvery = 8;

    private readonly Random random = new(seed);
    private int killedAtWork;

    /// <summary>How many processes are killed on each store: <c>WAYBILL_KILLS</c>, or 50.</summary>
    public static int Wanted { get; } =
        int.Parse(Environment.GetEnvironmentVariable("WAYBILL_KILLS") ?? "50", CultureInfo.InvariantCulture);

    public async Task RunAsync(int kills)
    {
        for (int i = 0; i < kills; i++)
        {
            ChildProcess child = site.Start(PerLifeMax);
            if (i % KilledWhileStartingEvery == KilledWhileStartingEvery - 1)
                await MomentAsync(TimeSpan.FromMilliseconds(400));
            else
                await AtWorkAsync(child);
            await child.KillAsync();
        }
    }

    /// <summary>Lets a last process finish everything, and compares the books with what was promised.</summary>
    /// <returns>What happened, in one line.</returns>
    public async Task<string> SettleAsync(int kills)
    {
        ChildProcess last = site.Start(count: 0);
        await last.ReadyAsync();
        await last.DrainAsync();
        await last.StopAsync();

        Books books = await site.AssertBooksBalanceAsync();

        int reclaimed = site.Children.Sum(child => child.Reclaimed);
        int heard = site.Ledger.ChangesAsked.Count + site.Ledger.ChangesAnswered.Count;
        int repeated = books.Runs
            .GroupBy(run => run.IdempotencyKey)
            .Count(runs => runs.DistinctBy(run => run.Worker).Count() > 1);
        string totals =
            $"{kills} kills ({killedAtWork} at work): {site.Ledger.Elements.Count} acknowledged, "
            + $"{site.Ledger.AcceptedUnheard} accepted unheard, {books.Histories.Count} elements, "
            + $"{books.Histories.Values.Sum(history => history.Count)} journal rows, {books.Effects.Count} effects, "
            + $"{books.Boardings.Count} members of waves, {books.Changes.Count} changes, {heard} of them "
            + $"acknowledged ({OutcomesOf(books)}), "
            + $"{reclaimed} elements were owned by a process that was killed, {repeated} runs were repeated by another";

        // A run in which the kills hit nothing proves nothing.
        Assert.True(reclaimed >= killedAtWork, $"too few elements had an owner that was killed: {totals}");
        Assert.True(repeated >= killedAtWork / 2, $"too few runs were under way in a killed process: {totals}");
        Assert.True(books.Boardings.Count > 0, $"nothing was released: {totals}");
        Assert.True(heard > 0, $"no change was acknowledged: {totals}");
        return totals;
    }

    private static string OutcomesOf(Books books) => string.Join(", ", books.Changes
        .SelectMany(change => change.Outcomes)
        .CountBy(outcome => outcome.Outcome)
        .OrderBy(count => count.Key)
        .Select(count => $"{count.Value} {count.Key}"));

    private async Task AtWorkAsync(ChildProcess child)
    {
        int heard = random.Next(1, PerLifeMax / 2);
        await child.UntilAsync(() => child.Acknowledged >= heard, $"{heard} acknowledgements");

        // Half of the kills answer an acknowledgement as fast as they can: it must not have come too early.
        if (random.Next(2) == 0)
            await MomentAsync(TimeSpan.FromMilliseconds(100));
        killedAtWork++;
    }

    // Not to wait for something: acknowledgements come at certain steps of the engine, and a kill must be able to come
    // between any two.
    private Task MomentAsync(TimeSpan max) => Task.Delay(max * random.NextDouble(), TimeProvider.System);
}
