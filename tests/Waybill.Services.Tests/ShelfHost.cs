using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Waybill.Services.Tests;

/// <summary>A process that serves a shelf on a test server, and one that calls it.</summary>
internal sealed class ShelfHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ServiceProvider caller;

    private ShelfHost(WebApplication app, ServiceProvider caller, EagerTime time, Shelf shelf)
    {
        this.app = app;
        this.caller = caller;
        Time = time;
        Shelf = shelf;
    }

    public EagerTime Time { get; }

    public Shelf Shelf { get; }

    /// <summary>Calls over HTTP.</summary>
    public IShelf Remote => caller.GetRequiredService<IShelf>();

    /// <summary>Calls in the process that serves it.</summary>
    public IShelf Local => app.Services.GetRequiredService<IShelf>();

    public HttpClient Http => app.GetTestClient();

    public static async Task<ShelfHost> StartAsync(Action<ServeOptions>? serve = null)
    {
        EagerTime time = new();
        Shelf shelf = new();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore().AddSingleton<TimeProvider>(time).AddSingleton(shelf)
            .AddServiceClient<IShelf>();
        WebApplication app = builder.Build();
        app.MapService<IShelf, Shelf>(serve);
        await app.StartAsync();

        ServiceCollection services = new();
        services.AddSingleton<TimeProvider>(time).AddServiceClient<IShelf>().AddServiceCalls(options =>
        {
            options.Name = "tests";
            options.Endpoints["shelf"] = ["http://shelf/"];
            options.Handler = app.GetTestServer().CreateHandler();
        });
        return new ShelfHost(app, services.BuildServiceProvider(), time, shelf);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await app.DisposeAsync();
    }
}
