using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Services.Asynchronous;
using Waybill.Services.Http;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Services.Tests.Asynchronous;

/// <summary>A web server in this process over a site that is driven step by step, on fake time.</summary>
internal sealed class TicketHost : IAsyncDisposable
{
    public static readonly Node<Order> Pack = new("pack");
    public static readonly Node<Order> Ship = new("ship");

    private readonly WebApplication app;
    private ServiceProvider? elsewhere;

    private TicketHost(TestSite site, WebApplication app)
    {
        Site = site;
        this.app = app;
        Client = app.GetTestClient();
    }

    /// <summary>Packs, ships, and gives the tracking number; an order of nothing fails.</summary>
    public static Workflow<Order, Parcel> Orders { get; } = Workflow<Order, Parcel>.Named("orders").StartsAt(Pack)
        .Node(Pack, n => n.Run(e => e.Data.Books == 0 ? Route.Fail("nothing was ordered") : Route.To(Ship, e.Data))
            .GoesTo(Ship).Finishes())
        .Node(Ship, n => n.Run(e => Route.Finish(new Parcel($"P{e.Data.Books}"))).Finishes());

    public TestSite Site { get; }

    public HttpClient Client { get; }

    /// <summary>Carries requests to it.</summary>
    public HttpMessageHandler Handler => app.GetTestServer().CreateHandler();

    public IServiceProvider Services => app.Services;

    public ElementWatch Watch => app.Services.GetRequiredService<ElementWatch>();

    public static async Task<TicketHost> StartAsync(
        Action<WebApplication>? map = null, ISiteStore? store = null, FakeTime? time = null,
        Action<IServiceCollection>? add = null, IReadOnlyList<Workflow>? workflows = null)
    {
        TestSite site = new(new TestSiteSetup
        {
            Workflows = [Orders, .. workflows ?? []],
            Store = store,
            Time = time ?? new FakeTime(),
        });
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(site.Time).AddSingleton(site.Client);
        builder.Services.AddTickets().AddServiceCalls();
        add?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.UseProblems();
        app.MapTickets();
        app.MapPost("/orders/{key}", async (string key, HttpContext context, Tickets tickets) =>
            await tickets.SubmitAsync(context, "orders", key, await StrictJson.BodyAsync(context.Request)));
        app.MapPost("/orders", async (HttpContext context, Tickets tickets) =>
            await tickets.SubmitAsync(context, "orders", null, await StrictJson.BodyAsync(context.Request)))
            .WithIdempotencyKey();
        map?.Invoke(app);
        await app.StartAsync();
        // Registers the process, which tells its ids from those of others.
        await site.RunUntilQuietAsync();
        return new TicketHost(site, app);
    }

    public Task<HttpResponseMessage> SubmitAsync(string key = "7", int books = 2, string? prefer = null) =>
        SendAsync(HttpMethod.Post, $"/orders/{key}", $$"""{"books":{{books}}}""", ("Prefer", prefer));

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json = null, params (string Name, string? Value)[] headers) =>
        SendAsync(method, path, json, default, headers);

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json, CancellationToken cancel,
        params (string Name, string? Value)[] headers)
    {
        HttpRequestMessage request = new(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach ((string name, string? value) in headers)
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request, cancel);
    }

    /// <summary>Submits under the key of the request alone.</summary>
    public Task<HttpResponseMessage> SubmitWithAsync(
        string idempotencyKey, int books = 2, CancellationToken cancel = default) => SendAsync(
        HttpMethod.Post, "/orders", $$"""{"books":{{books}}}""", cancel, ("Idempotency-Key", idempotencyKey));

    /// <summary>Sends a request that is held back, and returns when it waits.</summary>
    public async Task<Task<T>> HoldAsync<T>(Func<Task<T>> send)
    {
        TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Watch.Opened += opened.SetResult;
        Task<T> held = send();
        await opened.Task;
        Watch.Opened -= opened.SetResult;
        return held;
    }

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    /// <summary>Another program, which calls services of this one; it ends with the host.</summary>
    public IServiceProvider Elsewhere(IServiceCollection services) => elsewhere = services.BuildServiceProvider();

    public async ValueTask DisposeAsync()
    {
        if (elsewhere is not null)
            await elsewhere.DisposeAsync();
        Client.Dispose();
        await app.DisposeAsync();
        await Site.DisposeAsync();
    }
}

internal sealed record Order(int Books);

internal sealed record Parcel(string Number);
