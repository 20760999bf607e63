using System.Net.Http.Headers;
using System.Text.Json;
using Waybill.Server.Watching;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Server.Tests;

public sealed class StoreAwayTests : IAsyncDisposable
{
    private readonly AwayFaults faults = new();
    private readonly MemoryStore store = new(new FakeTime());

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_process_without_its_store_lives_whoever_asks()
    {
        await using ServerHost host = await StartAsync();
        HttpClient holder = await host.HolderAsync(ServerRole.Admin);
        HttpClient other = host.Anyone();
        other.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", $"wb_abcdefgh_{new string('0', 64)}");
        faults.IsAway = true;

        foreach (HttpClient client in (HttpClient[])[holder, other, host.Anyone()])
        {
            JsonElement live = await client.FetchAsync("/health/live").JsonAsync();

            Assert.Equal("live", live.GetProperty("status").GetString());
        }

        await host.Anyone().FetchAsync("/health/ready").JsonAsync(503);
    }

    private Task<ServerHost> StartAsync() => ServerHost.StartAsync(
        [Sample.Parcels()], options => options.KeyCacheDuration = TimeSpan.Zero,
        store: new FaultyStore(store, faults));

    private sealed class AwayFaults : IStoreFaults
    {
        public bool IsAway { get; set; }

        public Task<T> CallAsync<T>(string call, Func<Task<T>> apply) =>
            IsAway ? throw new StoreUnavailableException("it is away") : apply();

        public void Hint(Action arrived) => arrived();
    }
}
