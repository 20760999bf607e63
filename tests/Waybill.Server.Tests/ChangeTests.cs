using System.Text.Json;

namespace Waybill.Server.Tests;

public sealed class ChangeTests
{
    [Fact]
    public async Task A_change_is_asked_for_waited_for_and_found_in_the_ledger()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books");

        JsonElement changed = await shop.PostAsync(
            $"/v1/elements/{id}/changes",
            """{"type":"note-change","payload":"toys","reason":"called","waitMs":1000}""").JsonAsync();
        await host.Site.RunUntilQuietAsync();
        JsonElement ended = await shop.FetchAsync($"/v1/elements/{id}").JsonAsync();
        JsonElement ledger = await shop.FetchAsync($"/v1/elements/{id}/changes").JsonAsync();

        Assert.Equal("applied", changed.GetProperty("result").GetString());
        Assert.Equal("applied", changed.GetProperty("outcomes")[0].GetProperty("outcome").GetString());
        Assert.Equal("toys x1", ended.GetProperty("ended").GetProperty("result").GetString());
        Assert.Equal("called", ledger.GetProperty("items")[0].GetProperty("reason").GetString());
        Assert.Equal(1, (await shop.FetchAsync("/v1/changes/count").JsonAsync()).GetProperty("applied").GetInt64());
        await shop.FetchAsync($"/v1/changes/{changed.GetProperty("id").GetString()}").JsonAsync();
    }

    [Fact]
    public async Task A_change_that_is_not_waited_for_is_accepted_and_can_be_repeated()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books");
        string body = $$"""{"type":"note-change","payload":"toys","id":"{{Guid.Empty}}"}""";

        JsonElement first = await shop.PostAsync($"/v1/elements/{id}/changes", body).JsonAsync(202);
        JsonElement second = await shop.PostAsync($"/v1/elements/{id}/changes", body).JsonAsync(202);

        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.Equal(1, (await shop.FetchAsync("/v1/changes").JsonAsync()).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task The_id_of_another_elements_request_shows_nothing_of_it()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string first = await shop.SubmitAsync("1", "books");
        string second = await shop.SubmitAsync("2", "books");
        string body = $$"""{"type":"note-change","payload":"toys","id":"{{Guid.Empty}}"}""";

        await shop.PostAsync($"/v1/elements/{first}/changes", body).JsonAsync(202);

        Assert.Equal("conflict", await shop.PostAsync($"/v1/elements/{second}/changes", body).ProblemAsync(409));
    }

    [Theory]
    [InlineData("""{"type":"colour","payload":"red"}""")]
    [InlineData("""{"type":"note-change","payload":5}""")]
    [InlineData("""{"type":"note-change"}""")]
    [InlineData("""{"type":"note-change","payload":"x","waitMs":-1}""")]
    [InlineData("""{"type":"note-change","payload":"x","waitMs":60001}""")]
    public async Task A_change_that_makes_no_sense_is_the_clients_mistake(string json)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books");

        Assert.Equal("invalid-input", await shop.PostAsync($"/v1/elements/{id}/changes", json).ProblemAsync(400));
    }
}
