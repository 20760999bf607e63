using Bookstore.Desks;
using Bookstore.Feeds;
using Bookstore.Outside;
using Bookstore.Storage;
using Bookstore.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waybill;
using Waybill.Stores;

namespace Bookstore.Commands;

/// <summary>What a run is asked for.</summary>
public sealed record RunOrder
{
    public required SiteOrder Site { get; init; }

    /// <summary>A list of books to sell in place of made-up ones.</summary>
    public string? CatalogFile { get; init; }

    /// <summary>A file of orders to run in place of made-up ones.</summary>
    public string? OrdersFile { get; init; }

    public required double Rate { get; init; }

    public required long Count { get; init; }

    /// <summary>How often a line is printed when the output is no terminal.</summary>
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether this process sends orders in; else it only works on those that others send.</summary>
    public required bool Feeds { get; init; }
}

/// <summary>Runs the site: feeds it, works on it, shows it, until all orders have ended or somebody stops it.</summary>
public sealed class RunCommand(RunOrder order, TextWriter output)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        bool isTerminal = output == Console.Out && !Console.IsOutputRedirected;
        using Notices notices = new(isTerminal ? null : Console.Error);
        using IHost host = Site.Build(order.Site, notices);
        IServiceProvider services = host.Services;
        ISiteStore store = services.GetRequiredService<ISiteStore>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        Database database = services.GetRequiredService<Database>();
        IOrderFeed? feed = order.Feeds ? FeedOf(services.GetRequiredService<Chance>()) : null;
        await store.OpenAsync(cancel);
        await CardKeys.RequireAsync(services, order.Site, cancel);
        await output.WriteLineAsync($"Store: {store.Description}");

        await (feed is null ? Schema.CreateAsync(database, cancel) : OpenAsync(feed, database, cancel));
        await notices.StartAsync(host, cancel);
        await Addresses.TellAsync(host, order.Site, output);

        IHostApplicationLifetime lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        await using CancellationTokenRegistration stop = cancel.Register(lifetime.StopApplication);
        Worker worker = services.GetRequiredService<Worker>();
        Board board = new(store, worker, database, time);
        using CancellationTokenSource ended = new();
        await board.LookAsync(CancellationToken.None);
        Task view = isTerminal
            ? new LiveView(board, notices, time).ShowAsync(ended.Token)
            : new PlainView(board, order.ReportEvery, time).ShowAsync(output, ended.Token);
        bool isDone;
        DeskOffice? desk = order.Site.Store.Kind == StoreKind.Sqlite
            ? new DeskOffice(
                order.Site.Store.Place,
                (words, paper, stop) => CommandLine.CarryOutAsync(words, services, paper, stop))
            : null;
        try
        {
            isDone = await WorkAsync(services, feed, time, lifetime.ApplicationStopping);
        }
        finally
        {
            if (desk is not null)
                await desk.DisposeAsync();
            await host.StopAsync(CancellationToken.None);
            await ended.CancelAsync();
            await view;
            await Tracks.CatchUpAsync(services, output);
        }

        BoardPicture last = await board.LookAsync(CancellationToken.None);
        await output.WriteLineAsync(Summary.Of(last, board.Orders, isDone));
        return worker.ExecuteTask is { IsFaulted: true } ? 1 : 0;
    }

    private async Task OpenAsync(IOrderFeed feed, Database database, CancellationToken cancel)
    {
        bool isNew = await OpeningDay.PrepareAsync(feed, database, cancel);
        await output.WriteLineAsync(isNew
            ? $"Feed \"{feed.Name}\": {feed.Count} entries, "
                + $"{feed.Articles.Count} articles, {feed.Customers.Count} customers."
            : $"Feed \"{feed.Name}\" goes on where it stopped.");
    }

    /// <exception cref="InvalidDataException">A file cannot be used; the message names it.</exception>
    private IOrderFeed FeedOf(Chance chance)
    {
        CatalogFile? catalog = Read(order.CatalogFile, path => CatalogFile.Read(path, chance));
        if (catalog is not null)
            FileReport.Write(order.CatalogFile!, catalog, output);
        RetailFile? orders = Read(order.OrdersFile, RetailFile.Read);
        if (orders is null)
        {
            return new SeededFeed(
                chance, catalog?.Articles ?? SeededCatalog.Of(chance, 1000), order.Count, catalog?.Name);
        }

        RetailFeed feed = new(orders, catalog, chance);
        FileReport.Write(order.OrdersFile!, feed, output);
        return feed;
    }

    private static T? Read<T>(string? path, Func<string, T> read)
        where T : class
    {
        try
        {
            return path is null ? null : read(path);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path} cannot be used. {fault.Message}", fault);
        }
    }

    /// <summary>
    /// Returns true when everything has ended, false when it was stopped before. Whoever can be called stays.
    /// </summary>
    private async Task<bool> WorkAsync(
        IServiceProvider services, IOrderFeed? feed, TimeProvider time, CancellationToken stopping)
    {
        SiteClient site = services.GetRequiredService<SiteClient>();
        Vendors vendors = services.GetRequiredService<Vendors>();
        Feeder? feeder = feed is null ? null : new Feeder(feed, site, services.GetRequiredService<Bookmark>(), time);
        Task feeding = feeder?.RunAsync(order.Rate, stopping) ?? Task.CompletedTask;
        bool isDone = false;
        bool isOpen = order.Site.Urls.Count > 0;
        while (!stopping.IsCancellationRequested && !isDone)
        {
            await Task.Delay(LookEvery, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (feeder is null)
                continue;
            bool isFed = feeding.IsCompleted;
            await Outage.OutlastAsync(
                async () =>
                {
                    await vendors.DeliverOnceAsync(CancellationToken.None);
                    isDone = isFed && !isOpen && await IsEmptyAsync(site, CancellationToken.None);
                },
                time,
                stopping);
        }

        await feeding;
        return isDone;
    }

    // What is sidelined waits for a person, and what called it with it: the run does not.
    private static async Task<bool> IsEmptyAsync(SiteClient site, CancellationToken cancel)
    {
        IReadOnlyList<NodeCount> counts = await site.Store.Directory.CountByNodeAsync(ElementFilter.All, cancel);
        bool isStuck = counts.Any(count => count.State == ElementState.Sidelined);
        return counts.All(count => count.State == ElementState.Sidelined
            || (isStuck && count.State == ElementState.Calling));
    }
}
