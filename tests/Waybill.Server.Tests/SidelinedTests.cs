using System.Text.Json;

namespace Waybill.Server.Tests;

public sealed class SidelinedTests
{
    private const string Edit = """{"confirm":1,"patch":{"note":"mended"},"reason":"typing error"}""";

    [Fact]
    public async Task Sidelined_elements_are_listed_counted_and_grouped()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        await BreakAsync(host, shop, 3);

        JsonElement listed = await shop.FetchAsync("/v1/sidelined?size=2").JsonAsync();
        JsonElement groups = await shop.FetchAsync("/v1/sidelined/groups").JsonAsync();

        Assert.Equal(2, listed.GetProperty("items").GetArrayLength());
        JsonElement failure = listed.GetProperty("items")[0].GetProperty("failure");
        Assert.Equal("no lorry", failure.GetProperty("message").GetString());
        Assert.False(failure.TryGetProperty("stack", out _));
        Assert.Equal(3, await shop.CountAsync("/v1/sidelined/count?workflow=parcels&messagePart=lorry"));
        Assert.Equal(3, groups.GetProperty("items")[0].GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task A_frozen_selection_is_confirmed_acted_on_once_and_audited()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        await BreakAsync(host, shop, 1);
        JsonElement frozen = await shop.PostAsync(
            "/v1/sidelined/selections", """{"messagePart":"lorry"}""").JsonAsync(201);
        string path = $"/v1/sidelined/selections/{frozen.GetProperty("id").GetString()}";
        await BreakAsync(host, shop, 1, "later");

        Assert.Equal("count-differs", await shop.PostAsync(path + "/drop", """{"confirm":2}""").ProblemAsync(409));
        Assert.Equal(1, (await shop.PostAsync(path + "/edit", Edit).JsonAsync()).GetProperty("count").GetInt64());
        await shop.PostAsync(path + "/edit", Edit).ProblemAsync(404);
        await host.Site.RunUntilQuietAsync();

        Assert.Equal(1, await shop.CountAsync("/v1/sidelined/count"));
        JsonElement acts = (await admin.FetchAsync("/v1/audit").JsonAsync()).GetProperty("items");
        JsonElement act = acts[acts.GetArrayLength() - 1];
        Assert.Equal("sidelined.edit", act.GetProperty("act").GetString());
        Assert.Equal("lorry", act.GetProperty("filter").GetProperty("messagePart").GetString());
        Assert.Equal(1, act.GetProperty("count").GetInt64());
        Assert.Equal("typing error", act.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_selection_runs_out()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        JsonElement frozen = await shop.PostAsync("/v1/sidelined/selections", "{}").JsonAsync(201);

        host.Site.Time.Advance(TimeSpan.FromHours(1));

        await shop.PostAsync(
            $"/v1/sidelined/selections/{frozen.GetProperty("id").GetString()}/retry", """{"confirm":0}""")
            .ProblemAsync(404);
    }

    [Theory]
    [InlineData("""{"patch":[]}""", 400, "invalid-input")]
    [InlineData("""{"patch":{"count":"many"}}""", 422, "unusable-input")]
    [InlineData("""{}""", 400, "invalid-input")]
    public async Task An_edit_that_makes_no_sense_changes_nothing(string json, int status, string problem)
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        string id = Assert.Single(await BreakAsync(host, shop, 1));

        Assert.Equal(problem, await shop.PostAsync($"/v1/sidelined/{id}/edit", json).ProblemAsync(status));
        Assert.Equal(1, await shop.CountAsync("/v1/sidelined/count"));
    }

    [Fact]
    public async Task One_element_is_retried_or_dropped_and_no_other()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels()]);
        HttpClient shop = await host.HolderAsync(ServerRole.Operator);
        string[] ids = await BreakAsync(host, shop, 3);

        await shop.PostAsync($"/v1/sidelined/{ids[0]}/drop", """{"reason":"lost"}""").JsonAsync();
        await shop.PostAsync($"/v1/sidelined/{ids[1]}/retry", "{}").JsonAsync();

        Assert.Equal(1, await shop.CountAsync("/v1/sidelined/count"));
        Assert.Equal("conflict", await shop.PostAsync($"/v1/sidelined/{ids[0]}/drop", "{}").ProblemAsync(409));
        await shop.PostAsync($"/v1/sidelined/{Guid.Empty}/drop", "{}").ProblemAsync(404);
    }

    [Fact]
    public async Task A_limited_operator_acts_on_its_workflows_only()
    {
        await using ServerHost host = await ServerHost.StartAsync([Sample.Parcels(), Sample.Parcels("others")]);
        HttpClient all = await host.HolderAsync(ServerRole.Operator);
        HttpClient limited = await host.HolderAsync(ServerRole.Operator, "others");
        string id = Assert.Single(await BreakAsync(host, all, 1));
        JsonElement frozen = await all.PostAsync("/v1/sidelined/selections", "{}").JsonAsync(201);

        Assert.Equal(0, await limited.CountAsync("/v1/sidelined/count"));
        await limited.PostAsync($"/v1/sidelined/{id}/drop", "{}").ProblemAsync(404);
        await limited.PostAsync(
            $"/v1/sidelined/selections/{frozen.GetProperty("id").GetString()}/drop", """{"confirm":1}""")
            .ProblemAsync(404);
        Assert.Equal(1, await all.CountAsync("/v1/sidelined/count"));
    }

    private static async Task<string[]> BreakAsync(ServerHost host, HttpClient client, int count, string prefix = "p")
    {
        List<string> ids = [];
        for (int i = 0; i < count; i++)
            ids.Add(await client.SubmitAsync($"{prefix}{i}", "broken"));
        await host.Site.RunUntilQuietAsync();
        // An act takes only what was sidelined before it began.
        host.Site.Time.Advance(TimeSpan.FromSeconds(1));
        return [.. ids];
    }
}
