using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill.Stores;

namespace Bookstore.Desks;

/// <summary>
/// Brings a clerk's command to the site: in this process when it runs the site, over the desk's line to the process
/// that holds a SQLite file, or by opening the store.
/// </summary>
/// <param name="order">Which site.</param>
/// <param name="running">The services of the site that this process runs; null when it runs none.</param>
/// <param name="output">Where commands print.</param>
public sealed class Desk(SiteOrder order, IServiceProvider? running, TextWriter output)
{
    public async Task<int> ServeAsync(IDeskCommand command, IReadOnlyList<string> words, CancellationToken cancel)
    {
        if (running is not null)
            return await command.RunAsync(running, output, cancel);
        if (order.Store.Kind == StoreKind.Sqlite
            && await DeskLine.CallAsync(order.Store.Place, words, cancel) is { } answer)
        {
            await output.WriteAsync(answer.Output);
            return answer.Exit;
        }

        if (order.Store.Kind == StoreKind.Sqlite && !File.Exists(order.Store.Place))
        {
            throw new FileNotFoundException(
                $"There is no {Path.GetFullPath(order.Store.Place)}: run the site once, which creates it, or name "
                + "another with --store.");
        }

        using Notices notices = new(Console.Error);
        using IHost host = Site.Build(order with { IsReadOnly = command.OnlyLooks, HasWorker = false }, notices);
        await host.Services.GetRequiredService<ISiteStore>().OpenAsync(cancel);
        if (!command.OnlyLooks)
            await CardKeys.RequireAsync(host.Services, order, cancel);
        return await command.RunAsync(host.Services, output, cancel);
    }
}
