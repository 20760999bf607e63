using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Waybill.Server.Callbacks;
using Waybill.Stores;
using Waybill.Testing;
using Waybill.Testing.Memory;

namespace Waybill.Server.Tests.Callbacks;

/// <summary>A site with callbacks on fake time, and a receiver that answers as the test says.</summary>
internal sealed class CallbackSite : IAsyncDisposable
{
    private readonly TestSite front;

    public CallbackSite(Action<CallbackOptions>? setup = null)
    {
        CallbackOptions options = new();
        setup?.Invoke(options);
        Store = new MemoryStore(Time);
        IReadOnlyList<Workflow> workflows = [Sample.Parcels(), CallbackWorkflow.Definition];
        // Endpoints and submissions belong to a process of their own, as nodes are made before their site's client is.
        front = new TestSite(new TestSiteSetup
        {
            Workflows = workflows,
            Time = Time,
            Store = Store,
            Options = new SiteOptions { HostedNodes = { "parcels" } },
        });
        Desk = new CallbackDesk(front.Client, options, Time);
        CallbackSender sender = new(new HttpMessageInvoker(Receiver), options, Time);
        ServiceCollection services = new();
        services.AddSingleton(front.Client).AddSingleton(Desk).AddSingleton(options).AddSingleton(sender);
        Site = new TestSite(new TestSiteSetup
        {
            Workflows = workflows,
            Time = Time,
            Store = Store,
            Services = services.BuildServiceProvider(),
        });
        Feed = NewFeed(options);
    }

    public FakeTime Time { get; } = new();

    public MemoryStore Store { get; }

    public TestSite Site { get; }

    public CallbackDesk Desk { get; }

    public CallbackFeed Feed { get; }

    public Receiver Receiver { get; } = new();

    public CallbackFeed NewFeed(CallbackOptions? options = null) => new(
        Site.Client, options ?? new CallbackOptions(), Time, NullLogger<CallbackFeed>.Instance);

    /// <summary>Registers the receiver.</summary>
    public Task<CallbackSecretShown> RegisterAsync() => Desk.RegisterAsync("shop", "https://shop.example/hook");

    /// <summary>Submits a parcel whose end the endpoint is told of.</summary>
    public async Task<ElementId> SubmitAsync(string endpoint, string note = "books", string key = "7")
    {
        ElementId id = new(Guid.CreateVersion7(Time.GetUtcNow()));
        Assert.True(await Desk.OrderAsync(id, endpoint));
        byte[] json = System.Text.Encoding.UTF8.GetBytes($$"""{"note":"{{note}}"}""");
        await Site.Client.SubmitJsonAsync("parcels", key, json, id);
        return id;
    }

    /// <summary>Lets everything happen that happens by itself, without time passing.</summary>
    public async Task SettleAsync()
    {
        do
            await Site.RunUntilQuietAsync();
        while (await Feed.PumpOnceAsync(default) > 0);
    }

    public async Task<TicketRecord?> DeliveryAsync(ElementId ticket) =>
        await Store.Tickets.FindAsync(ElementRef.Of(CallbackWorkflow.Name, ticket.ToString()), default);

    public async ValueTask DisposeAsync()
    {
        Feed.Dispose();
        await Site.DisposeAsync();
        await front.DisposeAsync();
        Receiver.Dispose();
        await Store.DisposeAsync();
    }
}

/// <summary>Answers at once, and keeps what came.</summary>
internal sealed class Receiver : HttpMessageHandler
{
    public List<(HttpRequestMessage Request, byte[] Body)> Came { get; } = [];

    public Func<int, HttpStatusCode> Answers { get; set; } = _ => HttpStatusCode.NoContent;

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = new byte[request.Content!.Headers.ContentLength!.Value];
        using (Stream stream = request.Content.ReadAsStream(cancellationToken))
            stream.ReadExactly(body);
        Came.Add((request, body));
        return Task.FromResult(new HttpResponseMessage(Answers(Came.Count)));
    }
}
