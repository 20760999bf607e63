using Microsoft.Extensions.DependencyInjection;
using Waybill.Services.Registry;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Services.Tests;

public sealed class RegistryTests : IAsyncDisposable
{
    private static readonly TimeSpan KeepFor = new ServiceRegistryOptions().KeepFor;

    private readonly EagerTime time = new();
    private readonly MemoryStore store;

    public RegistryTests() => store = new MemoryStore(time);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_registered_service_is_called_where_it_was_registered()
    {
        await AnnounceAsync("http://one", "http://two");
        using EchoNet net = new(time, store);
        await LookAsync(net);

        for (int call = 0; call < 20; call++)
            await net.Client.OnceAsync();

        Assert.Equal(["one", "two"], net.Asked.Distinct().Order());
    }

    [Fact]
    public async Task What_was_taken_back_is_called_no_more()
    {
        EndpointAnnouncer announcer = await AnnounceAsync("http://one");
        using EchoNet net = new(time, store);
        await LookAsync(net);
        time.Advance(KeepFor);
        await AnnounceAsync("http://one");
        await LookAsync(net);
        Assert.Equal("one", await net.Client.OnceAsync());

        await announcer.WithdrawAsync(default);
        await LookAsync(net);

        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(net.Client.OnceAsync));
    }

    [Fact]
    public async Task What_is_not_renewed_runs_out()
    {
        await AnnounceAsync("http://dead");
        using EchoNet net = new(time, store);
        await LookAsync(net);
        time.Advance(KeepFor);
        await AnnounceAsync("http://alive");

        await LookAsync(net);

        for (int call = 0; call < 20; call++)
            Assert.Equal("alive", await net.Client.OnceAsync());
    }

    [Fact]
    public async Task Calls_go_on_while_the_store_is_away_and_until_others_can_renew()
    {
        Away away = new();
        await AnnounceAsync("http://one");
        using EchoNet net = new(time, new FaultyStore(store, away));
        await LookAsync(net);

        away.IsAway = true;
        time.Advance(KeepFor * 4);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => LookAsync(net));
        Assert.Equal("one", await net.Client.OnceAsync());
        away.IsAway = false;
        await LookAsync(net);
        Assert.Equal("one", await net.Client.OnceAsync());

        time.Advance(KeepFor);
        await LookAsync(net);
        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(net.Client.OnceAsync));
    }

    [Fact]
    public async Task The_configuration_counts_before_the_registry()
    {
        await AnnounceAsync("http://registered");
        using EchoNet net = new(time, store, "configured");
        await LookAsync(net);

        Assert.Equal("configured", await net.Client.OnceAsync());
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_hides_no_other()
    {
        RecordKey strange = new(EndpointAnnouncer.Kind, "strange");
        await store.Records.WriteAsync([new RecordWrite(strange, "[1]"u8.ToArray())], default);
        await AnnounceAsync("http://one");
        using EchoNet net = new(time, store);
        await LookAsync(net);

        Assert.Equal("one", await net.Client.OnceAsync());
    }

    private static Task LookAsync(EchoNet net) =>
        net.Services.GetRequiredService<EndpointLookout>().LookOnceAsync(default);

    private async Task<EndpointAnnouncer> AnnounceAsync(params string[] addresses)
    {
        LocalServices local = new(() => null);
        local.ServeOverHttp<IEcho>(new Echo());
        EndpointAnnouncer? announcer = null;
        foreach (string address in addresses)
        {
            ServiceRegistryOptions options = new() { Address = address };
            OwnAddresses own = new(options, new ServiceCollection().BuildServiceProvider());
            announcer = new EndpointAnnouncer(store, local, own, options);
            Assert.Equal(1, await announcer.AnnounceOnceAsync(default));
        }

        return announcer!;
    }

    private sealed class Away : IStoreFaults
    {
        public bool IsAway { get; set; }

        public Task<T> CallAsync<T>(string call, Func<Task<T>> apply) =>
            IsAway ? throw new StoreUnavailableException("away", new IOException()) : apply();

        public void Hint(Action arrived) => arrived();
    }
}
