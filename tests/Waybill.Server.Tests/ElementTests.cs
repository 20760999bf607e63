using System.Text.Json;

namespace Waybill.Server.Tests;

public sealed class ElementTests
{
    [Fact]
    public async Task An_element_is_submitted_found_and_followed_to_its_end()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);

        string id = await shop.SubmitAsync("1", "books");
        JsonElement waiting = await shop.FetchAsync($"/v1/elements/{id}").JsonAsync();
        await host.Site.RunUntilQuietAsync();
        JsonElement ended = await shop.FetchAsync($"/v1/elements/{id}").JsonAsync();

        Assert.Equal("pack", waiting.GetProperty("element").GetProperty("node").GetString());
        Assert.Equal("ready", waiting.GetProperty("element").GetProperty("state").GetString());
        Assert.Equal("books", waiting.GetProperty("data").GetProperty("note").GetString());
        Assert.False(ended.TryGetProperty("element", out _));
        Assert.Equal("finished", ended.GetProperty("ended").GetProperty("ending").GetString());
        Assert.Equal("books x1", ended.GetProperty("ended").GetProperty("result").GetString());
        Assert.Equal(
            ["accepted", "moved", "finished"],
            ended.GetProperty("history").EnumerateArray().Select(row => row.GetProperty("kind").GetString()!));
    }

    [Fact]
    public async Task The_same_key_gets_the_same_ticket()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);

        Assert.Equal(await shop.SubmitAsync("1", "books"), await shop.SubmitAsync("1", "toys"));
    }

    [Theory]
    [InlineData("""{"key":"1","data":{"note":"a","cuont":2}}""", 400)]
    [InlineData("""{"key":"1","data":{"note":"a","note":"b"}}""", 400)]
    [InlineData("""{"key":"1","data":{}}""", 400)]
    [InlineData("""{"key":"1","data":null}""", 400)]
    [InlineData("""{"key":"","data":{"note":"a"}}""", 400)]
    [InlineData("""{"key":"a\u0000b","data":{"note":"a"}}""", 400)]
    [InlineData("""{"key":1,"data":{"note":"a"}}""", 400)]
    [InlineData("""{"key":"1","data":{"note":"\ud800"}}""", 400)]
    [InlineData("""{"key":"\ud800","data":{"note":"a"}}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("", 400)]
    public async Task What_cannot_be_read_is_the_clients_mistake(string json, int status)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);

        Assert.Equal(
            "invalid-input", await shop.PostAsync("/v1/workflows/parcels/elements", json).ProblemAsync(status));
    }

    [Fact]
    public async Task An_unknown_workflow_is_not_found()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);

        Task<HttpResponseMessage> sending = shop.PostAsync("/v1/workflows/none/elements", """{"data":{}}""");

        Assert.Equal("not-found", await sending.ProblemAsync(404));
    }

    [Fact]
    public async Task Elements_are_filtered_counted_and_paged()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels(), Sample.Parcels("others")]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        for (int i = 0; i < 5; i++)
            await shop.SubmitAsync($"{i}", "books");
        await shop.SubmitAsync("0", "books", "others");

        JsonElement first = await shop.FetchAsync("/v1/elements?workflow=parcels&size=3").JsonAsync();
        JsonElement second = await shop.FetchAsync(
            $"/v1/elements?workflow=parcels&size=3&after={first.GetProperty("next").GetInt64()}").JsonAsync();

        Assert.Equal(["0", "1", "2"], Keys(first));
        Assert.Equal(["3", "4"], Keys(second));
        Assert.False(second.TryGetProperty("next", out _));
        Assert.Equal(6, await shop.CountAsync("/v1/elements/count"));
        Assert.Equal(2, await shop.CountAsync("/v1/elements/count?key=0&state=ready"));
    }

    [Theory]
    [InlineData("workfow=parcels")]
    [InlineData("workflow=parcels&workflow=others")]
    [InlineData("workflow=")]
    [InlineData("state=asleep")]
    [InlineData("state=1")]
    [InlineData("version=-1")]
    [InlineData("version=99999999999")]
    [InlineData("caller=1")]
    [InlineData("acceptedBefore=yesterday")]
    [InlineData("acceptedBefore=2026-01-01T00:00:00")]
    [InlineData("size=0")]
    [InlineData("size=1001")]
    [InlineData("after=99999999999999999999")]
    [InlineData("key=%00")]
    public async Task A_query_is_read_strictly(string query)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        Assert.Equal("invalid-input", await reader.FetchAsync($"/v1/elements?{query}").ProblemAsync(400));
    }

    [Fact]
    public async Task A_limited_key_sees_and_submits_only_to_its_workflows()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels(), Sample.Parcels("others")]);
        HttpClient all = await host.HolderAsync(ServerRole.Submitter);
        HttpClient limited = await host.HolderAsync(ServerRole.Submitter, "parcels");
        string mine = await all.SubmitAsync("1", "books");
        string other = await all.SubmitAsync("1", "books", "others");

        Assert.Equal(["1"], Keys(await limited.FetchAsync("/v1/elements").JsonAsync()));
        Assert.Equal(1, await limited.CountAsync("/v1/elements/count"));
        Assert.Equal("out-of-scope", await limited.FetchAsync("/v1/elements?workflow=others").ProblemAsync(403));
        await limited.FetchAsync($"/v1/elements/{mine}").JsonAsync();
        await limited.FetchAsync($"/v1/elements/{other}").ProblemAsync(404);
        await limited.PostAsync($"/v1/elements/{other}/cancel", "{}").ProblemAsync(404);
        Assert.Equal("out-of-scope", await limited.PostAsync("/v1/workflows/others/elements", "{}").ProblemAsync(403));
        Assert.Equal(
            1, (await limited.FetchAsync("/v1/workflows").JsonAsync()).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_cancel_is_carried_out_and_later_ones_are_too_late()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Submitter);
        string id = await shop.SubmitAsync("1", "books");

        await shop.PostAsync($"/v1/elements/{id}/cancel", """{"reason":"changed my mind"}""").JsonAsync(202);
        await host.Site.RunUntilQuietAsync();
        JsonElement ended = await shop.FetchAsync($"/v1/elements/{id}").JsonAsync();

        Assert.Equal("cancelled", ended.GetProperty("ended").GetProperty("ending").GetString());
        Assert.Equal("conflict", await shop.PostAsync($"/v1/elements/{id}/cancel", "{}").ProblemAsync(409));
        await shop.PostAsync($"/v1/elements/{Guid.Empty}/cancel", "{}").ProblemAsync(404);
    }

    [Fact]
    public async Task Workflows_are_listed_with_what_goes_in()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels(), Sample.Parcels(version: 2)]);
        HttpClient reader = await host.HolderAsync(ServerRole.Reader);

        JsonElement[] all =
            [.. (await reader.FetchAsync("/v1/workflows").JsonAsync()).GetProperty("items").EnumerateArray()];

        Assert.Equal([false, true], all.Select(workflow => workflow.GetProperty("isNewest").GetBoolean()));
        Assert.Equal("note", all[0].GetProperty("input").GetProperty("required")[0].GetString());
        Assert.Equal("note-change", all[0].GetProperty("changes")[0].GetString());
        Assert.Equal("Packs", all[0].GetProperty("nodes")[0].GetProperty("purpose").GetString());
    }

    private static IEnumerable<string> Keys(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()!);
}
