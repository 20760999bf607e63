using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server.Callbacks;
using Waybill.Stores;

namespace Waybill.Server.Tests.Callbacks;

public sealed class CallbackRouteTests
{
    private const string Endpoints = "/v1/callbacks/endpoints";
    private const string Shop = """{"name":"shop","url":"https://shop.example/hook"}""";

    [Fact]
    public async Task A_secret_is_shown_when_it_is_made_and_never_again()
    {
        await using ServerHost host = await StartAsync();
        HttpClient clerk = await host.HolderAsync(ServerRole.Operator);

        JsonElement made = await clerk.PostAsync(Endpoints, Shop).JsonAsync(201);
        string path = $"{Endpoints}/{Id(made)}";
        string found = (await clerk.FetchAsync(path).JsonAsync()).GetRawText();
        string listed = (await clerk.FetchAsync(Endpoints).JsonAsync()).GetRawText();
        JsonElement rotated = await clerk.PostAsync($"{path}/rotate", "{}").JsonAsync();

        string secret = made.GetProperty("secret").GetString()!;
        Assert.Equal(1, await clerk.CountAsync($"{Endpoints}/count"));
        Assert.StartsWith("whsec_", secret);
        Assert.DoesNotContain("whsec_", found + listed);
        Assert.NotEqual(secret, rotated.GetProperty("secret").GetString());
    }

    [Fact]
    public async Task Every_act_is_in_the_audit_trail_without_the_secret()
    {
        await using ServerHost host = await StartAsync();
        HttpClient clerk = await host.HolderAsync(ServerRole.Operator);
        HttpClient admin = await host.HolderAsync(ServerRole.Admin);

        string path = $"{Endpoints}/{Id(await clerk.PostAsync(Endpoints, Shop).JsonAsync(201))}";
        await clerk.PostAsync($"{path}/disable", """{"reason":"too slow"}""").JsonAsync();
        await clerk.PostAsync($"{path}/enable", "").JsonAsync();
        await clerk.DeleteAsync(new Uri(path, UriKind.Relative)).JsonAsync();
        string trail = (await admin.FetchAsync("/v1/audit").JsonAsync()).GetRawText();

        string[] acts = ["register", "disable", "enable", "remove"];
        Assert.All(acts, act => Assert.Contains($"callback-endpoint.{act}", trail));
        Assert.Contains("too slow", trail);
        Assert.DoesNotContain("whsec_", trail);
        Assert.Equal("not-found", await clerk.FetchAsync(path).ProblemAsync(404));
    }

    [Theory]
    [InlineData("""{"name":"shop","url":"http://shop.example/"}""")]
    [InlineData("""{"name":"shop","url":"https://10.0.0.1/"}""")]
    [InlineData("""{"name":"","url":"https://shop.example/"}""")]
    [InlineData("""{"name":"shop","url":null}""")]
    public async Task An_endpoint_that_cannot_be_right_is_the_clients_mistake(string body)
    {
        await using ServerHost host = await StartAsync();

        Assert.Equal(
            "invalid-input",
            await (await host.HolderAsync(ServerRole.Operator)).PostAsync(Endpoints, body).ProblemAsync(400));
    }

    [Fact]
    public async Task A_submission_with_a_callback_is_told_when_it_ends()
    {
        await using ServerHost host = await StartAsync();
        HttpClient clerk = await host.HolderAsync(ServerRole.Operator);
        string endpoint = Id(await clerk.PostAsync(Endpoints, Shop).JsonAsync(201));

        string ticket = await SubmitAsync(clerk, endpoint);
        await host.Site.RunUntilQuietAsync();
        await host.Services.GetRequiredService<CallbackFeed>().PumpOnceAsync(default);
        JsonElement delivery = await clerk.FetchAsync($"/v1/callbacks/deliveries/{ticket}").JsonAsync();
        JsonElement replay = await clerk.PostAsync($"/v1/callbacks/deliveries/{ticket}/replay", "").JsonAsync(202);

        Assert.Equal(ticket, delivery.GetProperty("ticket").GetString());
        Assert.False(delivery.TryGetProperty("ending", out _));
        Assert.Equal(delivery.GetProperty("delivery").GetString(), replay.GetProperty("delivery").GetString());
    }

    [Fact]
    public async Task A_repeated_or_refused_submission_leaves_no_order_behind()
    {
        await using ServerHost host = await StartAsync();
        HttpClient clerk = await host.HolderAsync(ServerRole.Operator);
        string endpoint = Id(await clerk.PostAsync(Endpoints, Shop).JsonAsync(201));

        string first = await SubmitAsync(clerk, endpoint);
        string second = await SubmitAsync(clerk, endpoint);
        string bad = $$"""{"key":"8","data":{"note":1},"callback":"{{endpoint}}"}""";
        await clerk.PostAsync("/v1/workflows/parcels/elements", bad).ProblemAsync(400);

        Assert.Equal(first, second);
        Assert.Equal(1, await host.Site.Store.Records.CountAsync(new RecordFilter("callback-order"), default));
    }

    [Fact]
    public async Task An_unknown_endpoint_and_a_delivery_made_by_hand_are_refused()
    {
        await using ServerHost host = await StartAsync();
        HttpClient clerk = await host.HolderAsync(ServerRole.Operator);

        Assert.Equal(
            "callback-endpoint-unknown",
            await clerk.PostAsync("/v1/workflows/parcels/elements", """{"data":{"note":"x"},"callback":"7"}""")
                .ProblemAsync(422));
        Assert.Equal(
            "not-found",
            await clerk.PostAsync("/v1/workflows/waybill-callbacks/elements", """{"data":{}}""").ProblemAsync(404));
    }

    [Fact]
    public async Task A_submission_takes_an_idempotency_key_of_its_client_alone()
    {
        await using ServerHost host = await StartAsync();
        NewApiKey same = new("shop", ServerRole.Submitter);
        HttpClient one = host.With((await host.IssueAsync(same)).Secret);
        HttpClient other = host.With((await host.IssueAsync(same)).Secret);

        string[] ids = [await SubmitWithKeyAsync(one), await SubmitWithKeyAsync(one), await SubmitWithKeyAsync(other)];

        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
    }

    // The delivery itself is not run here: that needs a receiver, and has tests of its own.
    private static Task<ServerHost> StartAsync() => ServerHost.StartAsync(
        [Sample.Parcels(), CallbackWorkflow.Definition], options: new SiteOptions { HostedNodes = { "parcels" } });

    private static string Id(JsonElement made) => made.GetProperty("endpoint").GetProperty("id").GetString()!;

    private static async Task<string> SubmitAsync(HttpClient client, string endpoint)
    {
        string body = $$"""{"key":"7","data":{"note":"books"},"callback":"{{endpoint}}"}""";
        return (await client.PostAsync("/v1/workflows/parcels/elements", body).JsonAsync(202))
            .GetProperty("id").GetString()!;
    }

    private static async Task<string> SubmitWithKeyAsync(HttpClient client)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/workflows/parcels/elements");
        request.Content = new StringContent("""{"data":{"note":"x"}}""", Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", "\"k-1\"");
        return (await client.SendAsync(request).JsonAsync(202)).GetProperty("id").GetString()!;
    }
}
