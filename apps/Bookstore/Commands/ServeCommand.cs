using Bookstore.Views;
using Microsoft.Extensions.Hosting;

namespace Bookstore.Commands;

/// <summary>Carries out services for other processes, works on nothing itself, until somebody stops it.</summary>
public sealed class ServeCommand(SiteOrder order, TextWriter output)
{
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        using Notices notices = new(Console.Error);
        using IHost host = Site.Build(order, notices);
        await host.StartAsync(cancel);
        await Addresses.TellAsync(host, order, output);
        await host.WaitForShutdownAsync(cancel);
        return 0;
    }
}
