using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Services;

namespace Waybill.Bench.Pages;

/// <summary>In a child process: serves the pieces over HTTP until it is killed.</summary>
internal static class PageServer
{
    public static async Task RunAsync(Action<Uri> say)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddRoutingCore().AddServiceCalls();
        await using WebApplication app = builder.Build();
        app.MapService<IPieces, Pieces>(options => options.ConcurrencyMax = 1000);
        await app.StartAsync();
        say(new Uri(app.Urls.Single()));
        await app.WaitForShutdownAsync();
    }
}
