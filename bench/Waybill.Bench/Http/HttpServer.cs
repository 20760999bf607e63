using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Bench.Children;
using Waybill.Bench.Workload;
using Waybill.Hosting;
using Waybill.Server;

namespace Waybill.Bench.Http;

/// <summary>How a server in another process is reached.</summary>
/// <param name="Address">Its base address.</param>
/// <param name="Secret">A key for it.</param>
/// <param name="ProcessId">Its process.</param>
internal sealed record ServerAtWork(Uri Address, string Secret, int ProcessId);

/// <summary>
/// In a child process: the HTTP server before a site that takes in and runs nothing, until it is killed. All options
/// are the defaults, but for the rate of requests, which is not limited.
/// </summary>
internal static class HttpServer
{
    private const int Unlimited = 100_000_000;

    public static async Task RunAsync(ChildTask task, Action<ServerAtWork> say)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddRoutingCore();
        builder.Services.AddWaybill(site =>
        {
            site.Add(TenHops.Workflow).UseStore(_ => task.Place.CreateStore()).WithoutWorker();
            site.Options.Json = OrderJson.Default.Options;
        });
        builder.Services.AddWaybillServer(options =>
        {
            options.RequestsPerSecond = Unlimited;
            options.RequestBurst = Unlimited;
        });
        await using WebApplication app = builder.Build();
        app.MapWaybill();
        await app.StartAsync();
        IssuedApiKey key = await app.Services.GetRequiredService<ApiKeys>()
            .CreateAsync(new NewApiKey("bench", ServerRole.Submitter), new Actor("bench"));
        say(new ServerAtWork(new Uri(app.Urls.Single()), key.Secret, Environment.ProcessId));
        await app.WaitForShutdownAsync();
    }
}
