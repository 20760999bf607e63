using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Server.Tests;

/// <summary>A server without a network, before a site whose engine moves only when the test says so.</summary>
internal sealed class ServerHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private ServerHost(TestSite site, WebApplication app) => (Site, this.app) = (site, app);

    public TestSite Site { get; }

    public IServiceProvider Services => app.Services;

    public static async Task<ServerHost> StartAsync(
        IReadOnlyList<Workflow> workflows, Action<WaybillServerOptions>? setup = null,
        Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null, SiteOptions? options = null,
        ISiteStore? store = null)
    {
        TestSite site = new(new TestSiteSetup
        {
            Workflows = workflows,
            Options = options ?? new SiteOptions(),
            Store = store,
        });
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(site.Time);
        builder.Services.AddSingleton(site.Client);
        builder.Services.AddSingleton(site.Remote);
        builder.Services.AddSingleton(site.Store);
        builder.Services.AddWaybillServer(setup);
        build?.Invoke(builder);
        WebApplication app = builder.Build();
        app.MapWaybill();
        map?.Invoke(app);
        await app.StartAsync();
        return new ServerHost(site, app);
    }

    /// <summary>Someone who sends no key.</summary>
    public HttpClient Anyone() => app.GetTestClient();

    /// <summary>Someone who sends this text as a key.</summary>
    public HttpClient With(string secret)
    {
        HttpClient client = Anyone();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    /// <summary>Someone with a new key.</summary>
    public async Task<HttpClient> HolderAsync(ServerRole role, params string[] workflows) =>
        With((await IssueAsync(new NewApiKey($"a {role}", role) { Workflows = workflows })).Secret);

    public async Task<IssuedApiKey> IssueAsync(NewApiKey key) =>
        await Services.GetRequiredService<ApiKeys>().CreateAsync(key, new Actor("test"));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Site.DisposeAsync();
    }
}

/// <summary>Requests in one line, and answers as JSON.</summary>
internal static class Requests
{
    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string json) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"));

    public static Task<HttpResponseMessage> FetchAsync(this HttpClient client, string path) =>
        client.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>The answer's JSON, when it is of this status.</summary>
    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> sending, int status = 200)
    {
        using HttpResponseMessage response = await sending;
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement.Clone();
    }

    /// <summary>The last part of a problem's type, when the answer is a problem of this status.</summary>
    public static async Task<string> ProblemAsync(this Task<HttpResponseMessage> sending, int status)
    {
        JsonElement problem = await sending.JsonAsync(status);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem.GetProperty("type").GetString()!["urn:waybill:problem:".Length..];
    }

    /// <summary>Submits a parcel and gives the element's id.</summary>
    public static async Task<string> SubmitAsync(
        this HttpClient client, string key, string note, string workflow = "parcels")
    {
        JsonElement ticket = await client.PostAsync(
            $"/v1/workflows/{workflow}/elements",
            $$"""{"key":"{{key}}","data":{"note":"{{note}}"} }""").JsonAsync(202);
        return ticket.GetProperty("id").GetString()!;
    }

    public static async Task<long> CountAsync(this HttpClient client, string path) =>
        (await client.FetchAsync(path).JsonAsync()).GetProperty("count").GetInt64();
}
