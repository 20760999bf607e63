using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Waybill.Server.Tests;

public sealed class AuditTests
{
    // What an operator sends, what is audited of it, and on how many it took effect.
    private static readonly Act[] Acts =
    [
        new("RetrySelection", "/v1/sidelined/selections/{selection}/retry", """{"confirm":1,"reason":"r"}""",
            "sidelined.retry", 1, HasFilter: true),
        new("EditSelection", "/v1/sidelined/selections/{selection}/edit",
            """{"confirm":1,"patch":{"note":"fine"},"reason":"r"}""", "sidelined.edit", 1, HasFilter: true),
        new("DropSelection", "/v1/sidelined/selections/{selection}/drop", """{"confirm":1,"reason":"r"}""",
            "sidelined.drop", 1, HasFilter: true),
        new("RetrySidelined", "/v1/sidelined/{sidelined}/retry", Reason, "sidelined.retry", 1),
        new("EditSidelined", "/v1/sidelined/{sidelined}/edit", """{"patch":{"note":"fine"},"reason":"r"}""",
            "sidelined.edit", 1),
        new("DropSidelined", "/v1/sidelined/{sidelined}/drop", Reason, "sidelined.drop", 1),
        new("ReleaseHeld", "/v1/held/shipments/1/picklist/release", """{"filter":{"group":"air"},"reason":"r"}""",
            "held.release", 1, HasFilter: true),
        new("DropHeld", "/v1/held/shipments/1/picklist/drop",
            """{"filter":{"group":"air"},"confirm":1,"reason":"r"}""", "held.drop", 1, HasFilter: true),
        new("AmendHeld", "/v1/held/shipments/1/picklist/amend",
            """{"id":"{held}","patch":{"zone":"C"},"reason":"r"}""", "held.amend", 1, HasFilter: true),
        new("PauseNode", "/v1/nodes/parcels/1/pack/pause", Reason, "nodes.pause", 1),
        new("ResumeNode", "/v1/nodes/parcels/1/pack/resume", Reason, "nodes.resume", 1),
        new("LimitNode", "/v1/nodes/parcels/1/pack/limits", """{"concurrencyMax":1,"reason":"r"}""",
            "nodes.limit concurrencyMax=1 ratePerSecond=declared", 1),
        new("CreateKey", "/v1/keys", """{"name":"new","role":"reader","reason":"r"}""", "keys.create", 1),
        new("RotateKey", "/v1/keys/{key}/rotate", """{"overlapSeconds":0,"reason":"r"}""", "keys.rotate", 1),
        new("RevokeKey", "/v1/keys/{key}/revoke", Reason, "keys.revoke", 1),
        new("RegisterCallbackEndpoint", "/v1/callbacks/endpoints",
            """{"name":"shop","url":"https://shop.example/hook","reason":"r"}""", "callback-endpoint.register", 1),
        new("RotateCallbackSecret", "/v1/callbacks/endpoints/{endpoint}/rotate", Reason,
            "callback-endpoint.rotate", 1),
        new("DisableCallbackEndpoint", "/v1/callbacks/endpoints/{endpoint}/disable", Reason,
            "callback-endpoint.disable", 1),
        new("EnableCallbackEndpoint", "/v1/callbacks/endpoints/{endpoint}/enable", Reason,
            "callback-endpoint.enable", 1),
        new("RemoveCallbackEndpoint", "/v1/callbacks/endpoints/{endpoint}", Reason, "callback-endpoint.remove", 1,
            Method: "DELETE"),
        new("ReplayCallback", "/v1/callbacks/deliveries/{none}/replay", Reason, "callback.replay", 0),
    ];

    // Freezing looks, and changes nothing but what is remembered of the look.
    private static readonly string[] Unaudited = ["FreezeSelection"];

    private const string Reason = """{"reason":"r"}""";

    public static TheoryData<string> Names => [.. Acts.Select(act => act.Name)];

    [Fact]
    public async Task Every_route_on_which_operators_and_admins_act_is_known_here()
    {
        await using ServerHost host = await StartAsync();

        string[] routes =
        [
            .. from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints
               let policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy)
               where policies.Contains(ServerPolicies.Operator) || policies.Contains(ServerPolicies.Admin)
               where endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == false
               select endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName,
        ];

        Assert.Equal(Acts.Select(act => act.Name).Concat(Unaudited).Order(), routes.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_act_is_one_entry_with_who_what_and_how_many(string name)
    {
        Act act = Acts.Single(one => one.Name == name);
        await using ServerHost host = await StartAsync();
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        Func<string, string> fill = await FillAsync(host, admin);
        int before = (await EntriesAsync(admin)).Length;

        using HttpRequestMessage request = new(new HttpMethod(act.Method), fill(act.Path));
        request.Content = new StringContent(fill(act.Body), System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await admin.SendAsync(request);
        JsonElement entry = Assert.Single((await EntriesAsync(admin))[before..]);

        Assert.True(
            answer.IsSuccessStatusCode == act.Count > 0, $"{name}: {await answer.Content.ReadAsStringAsync()}");
        Assert.Equal(act.Audited, entry.GetProperty("act").GetString());
        Assert.StartsWith("a Admin (wb_", entry.GetProperty("by").GetString());
        Assert.Equal(
            ("r", "done", act.Count),
            (entry.GetProperty("reason").GetString(), entry.GetProperty("outcome").GetString(),
                entry.GetProperty("count").GetInt64()));
        Assert.Equal(act.HasFilter, entry.TryGetProperty("filter", out _));
        Assert.True(act.HasFilter || entry.TryGetProperty("target", out _));
    }

    [Fact]
    public async Task The_trail_and_the_keys_are_counted()
    {
        await using ServerHost host = await StartAsync();
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);
        await FillAsync(host, admin);

        int keys = (await admin.FetchAsync("/v1/keys").JsonAsync()).GetProperty("items").GetArrayLength();

        Assert.Equal((await EntriesAsync(admin)).Length, await admin.CountAsync("/v1/audit/count"));
        Assert.Equal(0, await admin.CountAsync("/v1/audit/count?before=2000-01-01T00:00:00Z"));
        Assert.Equal(keys, await admin.CountAsync("/v1/keys/count"));
    }

    private static Task<ServerHost> StartAsync() => ServerHost.StartAsync(
        [Sample.Parcels(), HeldTests.Shipments, HeldTests.Waves]);

    // One of everything that can be acted on.
    private static async Task<Func<string, string>> FillAsync(ServerHost host, HttpClient admin)
    {
        string sidelined = await admin.SubmitAsync("p-1", "broken");
        string held = (await admin.PostAsync(
            "/v1/workflows/shipments/elements",
            """{"key":"s-1","data":{"method":"air","zone":"A","grams":100}}""").JsonAsync(202))
            .GetProperty("id").GetString()!;
        await host.Site.RunUntilQuietAsync();
        // An act takes only what was sidelined before it began.
        host.Site.Time.Advance(TimeSpan.FromSeconds(1));
        string selection = (await admin.PostAsync("/v1/sidelined/selections", "{}").JsonAsync(201))
            .GetProperty("id").GetString()!;
        string endpoint = (await admin.PostAsync(
            "/v1/callbacks/endpoints", """{"name":"old","url":"https://old.example/hook"}""").JsonAsync(201))
            .GetProperty("endpoint").GetProperty("id").GetString()!;
        IssuedApiKey key = await host.IssueAsync(new NewApiKey("another", ServerRole.Reader));
        return text => text.Replace("{sidelined}", sidelined).Replace("{held}", held)
            .Replace("{selection}", selection).Replace("{endpoint}", endpoint).Replace("{key}", key.Key.Prefix)
            .Replace("{none}", Guid.Empty.ToString());
    }

    private static async Task<JsonElement[]> EntriesAsync(HttpClient admin) =>
        [.. (await admin.FetchAsync("/v1/audit").JsonAsync()).GetProperty("items").EnumerateArray()];

    private sealed record Act(
        string Name, string Path, string Body, string Audited, long Count, bool HasFilter = false,
        string Method = "POST");
}
