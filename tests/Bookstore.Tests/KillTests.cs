using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Bookstore.Commands;

namespace Bookstore.Tests;

public sealed partial class KillTests : IDisposable
{
    private const int Orders = 500;
    private const int Kills = 3;
    private readonly Bookshop shop = new();

    [Fact]
    public async Task A_store_that_was_killed_again_and_again_balances_each_time_and_in_the_end()
    {
        int inFlight = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            inFlight += await RunUntilBusyAndKillAsync();
            Assert.Equal(0, await shop.VerifyAsync());
        }

        await shop.RunAsync(shop.Order(Orders));

        Assert.True(inFlight > 0, "no kill hit anything");
        Assert.Equal(0, await shop.VerifyAsync());
        Assert.Contains($"{Orders} orders, {Orders} ended", shop.Output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => shop.Dispose();

    /// <summary>Returns how many elements were in flight at the last report before the kill.</summary>
    private async Task<int> RunUntilBusyAndKillAsync()
    {
        string[] arguments =
        [
            typeof(RunCommand).Assembly.Location, "--store", $"sqlite:{shop.File}", "--count", $"{Orders}",
            "--rate", "60",
            "--report", "0.1",
        ];
        ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process child = Process.Start(start)!;
        try
        {
            int inFlight = 0;
            int busyReports = 0;
            while (busyReports < 4 && await child.StandardOutput.ReadLineAsync() is { } line)
            {
                if (InFlight().Match(line) is { Success: true } report)
                {
                    inFlight = int.Parse(
                        report.Groups["count"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
                    busyReports += inFlight > 0 ? 1 : 0;
                }
            }

            return inFlight;
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync();
        }
    }

    [GeneratedRegex(@"(?<count>[\d,]+) in flight")]
    private static partial Regex InFlight();
}
