using System.Text.Json;

namespace Waybill.Server.Tests;

public sealed class NodeTests
{
    [Fact]
    public async Task A_node_is_paused_seen_as_paused_and_resumed()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);

        await shop.PostAsync("/v1/nodes/parcels/1/ship/pause", """{"reason":"no lorry"}""").JsonAsync();
        JsonElement paused = await NodeAsync(shop, "ship");
        await shop.PostAsync("/v1/nodes/parcels/1/ship/resume", "").JsonAsync();
        JsonElement resumed = await NodeAsync(shop, "ship");

        Assert.True(paused.GetProperty("control").GetProperty("isPaused").GetBoolean());
        Assert.Equal("no lorry", paused.GetProperty("control").GetProperty("reason").GetString());
        Assert.False(resumed.GetProperty("control").GetProperty("isPaused").GetBoolean());
    }

    [Fact]
    public async Task A_node_is_limited_and_shows_what_is_there()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        await shop.SubmitAsync("1", "books");

        JsonElement limited = await shop.PostAsync(
            "/v1/nodes/parcels/1/pack/limits", """{"concurrencyMax":2,"ratePerSecond":0.5}""").JsonAsync();

        Assert.Equal(2, limited.GetProperty("concurrencyMax").GetInt32());
        JsonElement node = await NodeAsync(shop, "pack");
        Assert.Equal(0.5, node.GetProperty("control").GetProperty("ratePerSecond").GetDouble());
        Assert.Equal(1, node.GetProperty("elements").GetProperty("ready").GetInt64());
    }

    [Theory]
    [InlineData("/v1/nodes/parcels/1/none/pause", "{}", 404)]
    [InlineData("/v1/nodes/parcels/7/pack/pause", "{}", 404)]
    [InlineData("/v1/nodes/parcels/1/pack/limits", """{"concurrencyMax":0}""", 400)]
    [InlineData("/v1/nodes/parcels/1/pack/limits", """{"ratePerSecond":-1}""", 400)]
    [InlineData("/v1/nodes/parcels/1/pack/limits", """{"ratePerSecond":1e999}""", 400)]
    [InlineData("/v1/nodes/parcels/1/pack/limits", "", 400)]
    public async Task An_act_that_makes_no_sense_is_the_clients_mistake(string path, string json, int status)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);

        await shop.PostAsync(path, json).ProblemAsync(status);
    }

    private static async Task<JsonElement> NodeAsync(HttpClient client, string name) =>
        (await client.FetchAsync("/v1/nodes").JsonAsync()).GetProperty("items").EnumerateArray()
            .First(node => node.GetProperty("node").GetString() == name);
}
