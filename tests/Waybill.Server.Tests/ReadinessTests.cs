using System.Text.Json;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Server.Tests;

public sealed class ReadinessTests : IAsyncDisposable
{
    private readonly FullDisk disk = new();
    private readonly MemoryStore store = new(new FakeTime());

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_process_whose_submissions_are_refused_is_not_ready_and_says_why()
    {
        await using ServerHost host = await StartAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        DateTimeOffset since = host.Site.Time.GetUtcNow();
        disk.IsFull = true;

        await RefusedAsync(shop);
        host.Site.Time.Advance(TimeSpan.FromSeconds(1));
        await RefusedAsync(shop);
        JsonElement health = await host.Anyone().FetchAsync("/health/ready").JsonAsync(503);

        Assert.Equal("unready", health.GetProperty("status").GetString());
        Assert.Contains("refuses all commits", health.GetProperty("reason").GetString());
        Assert.DoesNotContain("shop.db", health.GetRawText());
        Assert.Equal(since, health.GetProperty("since").GetDateTimeOffset());
    }

    [Fact]
    public async Task It_is_ready_again_without_any_work_once_a_commit_passes()
    {
        await using ServerHost host = await StartAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        disk.IsFull = true;
        await RefusedAsync(shop);
        await host.Anyone().FetchAsync("/health/ready").JsonAsync(503);

        disk.IsFull = false;
        host.Site.Time.Advance(TimeSpan.FromSeconds(2));

        await host.Anyone().FetchAsync("/health/ready").JsonAsync();
        await shop.SubmitAsync("1", "books");
    }

    [Fact]
    public async Task However_often_it_is_asked_commits_are_tried_once_in_two_seconds_and_only_after_a_refusal()
    {
        await using ServerHost host = await StartAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        disk.Trials = 0;
        for (int i = 0; i < 5; i++)
            await host.Anyone().FetchAsync("/health/ready").JsonAsync();
        Assert.Equal(0, disk.Trials);
        disk.IsFull = true;
        await RefusedAsync(shop);

        for (int i = 0; i < 5; i++)
            await host.Anyone().FetchAsync("/health/ready").JsonAsync(503);
        Assert.Equal(1, disk.Trials);
        host.Site.Time.Advance(TimeSpan.FromSeconds(2));
        await host.Anyone().FetchAsync("/health/ready").JsonAsync(503);

        Assert.Equal(2, disk.Trials);
    }

    [Fact]
    public async Task A_commit_that_passes_makes_it_ready_without_a_trial()
    {
        await using ServerHost host = await StartAsync();
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        disk.IsFull = true;
        await RefusedAsync(shop);

        disk.IsFull = false;
        disk.Trials = 0;
        await shop.SubmitAsync("1", "books");
        await host.Anyone().FetchAsync("/health/ready").JsonAsync();

        Assert.Equal(0, disk.Trials);
    }

    private static async Task RefusedAsync(HttpClient shop) => Assert.Equal(
        "store-unavailable",
        await shop.PostAsync("/v1/workflows/parcels/elements", """{"data":{"note":"books"}}""").ProblemAsync(503));

    private Task<ServerHost> StartAsync() =>
        ServerHost.StartAsync([Sample.Parcels()], store: new FaultyStore(store, disk));

    /// <summary>Reads work; nothing can be written while it is full.</summary>
    private sealed class FullDisk : IStoreFaults
    {
        private static readonly string[] Writes =
            ["Elements.Accept", "Records.Write"];

        public bool IsFull { get; set; }

        public int Trials { get; set; }

        public Task<T> CallAsync<T>(string call, Func<Task<T>> apply)
        {
            if (call == "Records.Write")
                Trials++;
            return IsFull && Writes.Contains(call)
                ? throw new StoreUnavailableException("The disk that holds shop.db is full. Nothing was written.")
                : apply();
        }

        public void Hint(Action arrived) => arrived();
    }
}
