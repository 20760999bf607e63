using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waybill.Services.Registry;
using Waybill.Stores;
using Waybill.Testing.Memory;

namespace Waybill.Services.Tests;

/// <summary>Processes of one site that find and call each other over real connections.</summary>
public sealed class NetworkTests : IAsyncDisposable
{
    private readonly MemoryStore store = new(TimeProvider.System);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Services_find_each_other_through_the_site_and_are_one_trace()
    {
        await using WebApplication echo = await ServeAsync(app => app.MapService<IEcho, Echo>());
        await using WebApplication relay = await ServeAsync(app => app.MapService<IRelay, Relay>());
        await using WebApplication caller = await ServeAsync(_ => { });
        foreach (WebApplication process in new[] { echo, relay, caller, relay })
            await Registry(process).RunOnceAsync(default);
        ConcurrentQueue<Activity> spans = [];
        using Activity click = new Activity("click").Start();
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ActivityListener listener = Listen(click.TraceId, span =>
        {
            spans.Enqueue(span);
            if (spans.Count == 4)
                ended.SetResult();
        });

        string said = await caller.Services.GetRequiredService<IRelay>().PassAsync("hello");

        Assert.Equal("hello: echo", said);
        // An answer arrives before the span of who gave it has ended.
        await ended.Task;
        Assert.Equal(
            [
                ("echo:1/once", ActivityKind.Server), ("echo:1/once", ActivityKind.Client),
                ("relay:1/pass", ActivityKind.Server), ("relay:1/pass", ActivityKind.Client),
            ],
            spans.Select(span => (span.OperationName, span.Kind)).Order());
        Activity outermost = spans.Single(span => span is { OperationName: "relay:1/pass", Kind: ActivityKind.Client });
        Assert.Equal(click.SpanId, outermost.ParentSpanId);
    }

    [Fact]
    public async Task A_process_that_stops_takes_its_services_back()
    {
        await using WebApplication echo = await ServeAsync(app => app.MapService<IEcho, Echo>());
        await echo.Services.GetRequiredService<EndpointAnnouncer>().AnnounceOnceAsync(default);
        Assert.Equal(1, await store.Records.CountAsync(new RecordFilter(EndpointAnnouncer.Kind), default));

        await Registry(echo).StopAsync(default);

        Assert.Equal(0, await store.Records.CountAsync(new RecordFilter(EndpointAnnouncer.Kind), default));
    }

    [Fact]
    public async Task What_a_process_serves_to_itself_alone_is_not_registered()
    {
        await using WebApplication alone = await ServeAsync(app =>
            app.Services.GetRequiredService<LocalServices>().Serve<IEcho>(new Echo()));

        Assert.Equal(0, await alone.Services.GetRequiredService<EndpointAnnouncer>().AnnounceOnceAsync(default));
    }

    [Fact]
    public async Task A_process_that_is_gone_is_unavailable()
    {
        await using WebApplication echo = await ServeAsync(app => app.MapService<IEcho, Echo>());
        await using WebApplication caller = await ServeAsync(_ => { });
        await Registry(echo).RunOnceAsync(default);
        await Registry(caller).RunOnceAsync(default);
        IEcho client = caller.Services.GetRequiredService<IEcho>();
        Assert.Equal("echo", await client.AgainAsync());

        await echo.StopAsync();

        Assert.Equal(CallFailure.Unavailable, await EchoNet.FailureOfAsync(() => client.AgainAsync()));
    }

    private static RegistryLoop Registry(WebApplication app) =>
        app.Services.GetRequiredService<RegistryLoop>();

    private async Task<WebApplication> ServeAsync(Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore().AddSingleton<ISiteStore>(store).AddSingleton(new Echo())
            .AddServiceRegistry().AddServiceClient<IEcho>().AddServiceClient<IRelay>();
        // The passes that the test runs are the only ones.
        builder.Services.Remove(builder.Services.Single(it => it.ImplementationType == typeof(RegistryLoop)));
        builder.Services.AddSingleton<RegistryLoop>();
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private static ActivityListener Listen(ActivityTraceId trace, Action<Activity> stopped)
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == ServiceTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                    stopped(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    [Service("relay")]
    internal interface IRelay
    {
        Task<string> PassAsync(string word);
    }

    private sealed class Relay(IEcho echo) : IRelay
    {
        public async Task<string> PassAsync(string word) => $"{word}: {await echo.OnceAsync()}";
    }
}
