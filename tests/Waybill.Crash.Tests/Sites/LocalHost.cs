using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Hosting;

namespace Waybill.Crash.Tests.Sites;

/// <summary>A worker in this process, on a real store.</summary>
internal sealed class LocalHost : IAsyncDisposable
{
    private readonly IHost host;

    private LocalHost(IHost host) => this.host = host;

    public SiteClient Client => host.Services.GetRequiredService<SiteClient>();

    public static async Task<LocalHost> StartAsync(CrashSite site, params Workflow[] workflows)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddWaybill(setup =>
        {
            setup.UseStore(_ => site.CreateStore());
            setup.Add(workflows);
            setup.Options.PollInterval = TimeSpan.FromMilliseconds(50);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync();
            return new LocalHost(host);
        }
        catch
        {
            await DisposeAsync(host);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await DisposeAsync(host);
    }

    private static ValueTask DisposeAsync(IHost host) => ((IAsyncDisposable)host).DisposeAsync();
}
