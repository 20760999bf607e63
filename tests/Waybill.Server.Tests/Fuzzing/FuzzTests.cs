using System.Globalization;
using System.Net.Http.Headers;
using Waybill.Postgres;
using Waybill.Testing;

namespace Waybill.Server.Tests.Fuzzing;

/// <summary>
/// Odd requests to every route of a running server. <c>WAYBILL_FUZZ</c> says how many, <c>WAYBILL_FUZZ_SEED</c> which.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const long HeapGrowthMax = 64L << 20;

    private static long Count => Variable("WAYBILL_FUZZ") ?? 20_000;

    private static int Seed => (int)(Variable("WAYBILL_FUZZ_SEED") ?? 1);

    [Fact]
    public async Task No_request_breaks_a_server_before_a_file() => await FuzzAsync(FuzzSite.Sqlite, Count);

    [Fact]
    public async Task No_request_breaks_a_server_before_a_database()
    {
        await using PostgresServer postgres = await PostgresServer.StartNewAsync();

        await FuzzAsync((site, _) => site.UsePostgres(postgres.ConnectionString()), Count / 4);
    }

    private async Task FuzzAsync(Action<Hosting.WaybillBuilder, string> store, long count)
    {
        await using FuzzSite site = await FuzzSite.StartAsync(store);
        FuzzRun run = new(site, Seed, count);

        await run.RunAsync();

        output.WriteLine(run.Report());
        string[] faults = [.. run.Faults, .. site.LoggedFaults];
        Assert.True(faults.Length == 0, string.Join("\n\n=====\n", faults));
        await IsWellAsync(site);
        Assert.InRange(run.Heaps[^1] - run.Heaps[2], long.MinValue, HeapGrowthMax);
    }

    // It answers, and is busy with nothing: those who hung up left nothing behind.
    private static async Task IsWellAsync(FuzzSite site)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://{site.Address}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", site.Pool.Keys[0]);
        await client.FetchAsync("/v1/workflows").JsonAsync();
        Assert.True(
            SpinWait.SpinUntil(() => site.Inside.Count == 0, TimeSpan.FromSeconds(60)),
            $"Not ended: {string.Join("; ", site.Inside)}");
    }

    private static long? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? long.Parse(value, CultureInfo.InvariantCulture)
            : null;
}
