using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Stores;

namespace Waybill.Services.Tests;

/// <summary>A client of pretended endpoints, whose answers the test gives by their host.</summary>
internal sealed class EchoNet : HttpMessageHandler
{
    private readonly ServiceProvider services;

    public EchoNet(params string[] hosts)
        : this(new EagerTime(), null, hosts)
    {
    }

    /// <param name="time">The clock.</param>
    /// <param name="store">With it, the client has a registry.</param>
    /// <param name="hosts">The configured endpoints.</param>
    public EchoNet(EagerTime time, ISiteStore? store, params string[] hosts)
    {
        Time = time;
        ServiceCollection collection = new();
        if (store is not null)
            collection.AddSingleton(store).AddServiceRegistry(options => options.Address = "http://here").AddLogging();
        collection.AddSingleton<TimeProvider>(Time).AddServiceClient<IEcho>().AddServiceCalls(options =>
        {
            options.Name = "tests";
            if (hosts.Length > 0)
                options.Endpoints["echo"] = [.. hosts.Select(host => $"http://{host}")];
            options.Handler = this;
        });
        services = collection.BuildServiceProvider();
    }

    public EagerTime Time { get; }

    public IEcho Client => services.GetRequiredService<IEcho>();

    public IServiceProvider Services => services;

    /// <summary>
    /// Answers a request: which host is asked, and when it stops waiting. Default: each says its name.
    /// </summary>
    public Func<string, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } =
        (host, _) => Task.FromResult(Say(host));

    /// <summary>Which hosts were asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public static HttpResponseMessage Say(string word) => new(HttpStatusCode.OK)
    {
        Content = new StringContent($"\"{word}\"", Encoding.UTF8, "application/json"),
    };

    public static HttpResponseMessage Fail(HttpStatusCode status, string type = "none", string code = "none") =>
        new(status)
        {
            Content = new StringContent(
                $$"""{"type":"urn:waybill:problem:{{type}}","code":"{{code}}","detail":"so it is"}"""),
        };

    public static async Task<HttpResponseMessage> HangAsync(CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        return Say("never");
    }

    /// <summary>Calls and says how it failed.</summary>
    public static async Task<CallFailure> FailureOfAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<ServiceCallException>(call)).Failure;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        Asked.Enqueue(request.RequestUri!.Host);
        return Answer(request.RequestUri.Host, cancel);
    }

    protected override void Dispose(bool disposing)
    {
        services.Dispose();
        base.Dispose(disposing);
    }
}
