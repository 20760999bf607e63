using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>Carries out services for other processes, works on nothing itself, until somebody stops it.</summary>
public sealed class ServeCommand(SiteOrder order, TextWriter output)
{
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        using Notices notices = new(Console.Error);
        using IHost host = Site.Build(order, notices);
        if (order is { HasStore: true, IsReadOnly: false })
        {
            await host.Services.GetRequiredService<ISiteStore>().OpenAsync(cancel);
            await CardKeys.RequireAsync(host.Services, order, cancel);
        }

        await notices.StartAsync(host, cancel);
        await Addresses.TellAsync(host, order, output);
        await host.WaitForShutdownAsync(cancel);
        return 0;
    }
}
