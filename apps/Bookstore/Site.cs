using Bookstore.Domains;
using Bookstore.Feeds;
using Bookstore.Outside;
using Bookstore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill.Hosting;
using Waybill.Postgres;
using Waybill.Sqlite;
using Waybill.Stores;

namespace Bookstore;

/// <summary>How a process takes part in the site.</summary>
public sealed record SiteOrder
{
    public StoreAddress Store { get; init; } = StoreAddress.Default;

    /// <summary>Which nodes this process hosts; empty for all.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>How many times as fast as life the simulated world is; 0 for no time at all.</summary>
    public double Speed { get; init; } = 1;

    public int Seed { get; init; } = 1;

    /// <summary>Whether this process works on elements.</summary>
    public bool HasWorker { get; init; } = true;

    /// <summary>Whether this process only looks.</summary>
    public bool IsReadOnly { get; init; }
}

/// <summary>Puts the site together: store, workflows, domains, and the simulated world around them.</summary>
public static class Site
{
    public static IHost Build(SiteOrder order, ILoggerProvider logging)
    {
        HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(logging);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));
        builder.Services.AddWaybill(site =>
        {
            site.Add(Topology.Workflows);
            site.Options.Json = BookstoreJson.Options;
            foreach (string node in order.Nodes)
                site.Options.HostedNodes.Add(node);
            if (order.IsReadOnly || !order.HasWorker)
                site.WithoutWorker();
            if (order.Store.Kind == StoreKind.Sqlite)
                site.UseSqlite(order.Store.Place, new SqliteStoreOptions { ReadOnly = order.IsReadOnly });
            else
                site.UsePostgres(order.Store.Place);
        });

        IServiceCollection services = builder.Services;
        if (order is { HasWorker: true, IsReadOnly: false })
            services.AddTracking(order.Store);
        services.AddSingleton<Database>(provider => provider.GetRequiredService<ISiteStore>() switch
        {
            SqliteStore sqlite => new SqliteDatabase(sqlite),
            PostgresStore postgres => new PostgresDatabase(postgres, order.Store.Place),
            ISiteStore other => throw new NotSupportedException(
                $"The bookstore's tables cannot be kept in {other.Description}."),
        });
        services.AddSingleton<Customers>().AddSingleton<Catalog>().AddSingleton<Inventory>().AddSingleton<BackOrders>();
        services.AddSingleton(new Chance(order.Seed));
        services.AddSingleton(provider => new Pace(order.Speed, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CardProcessor>().AddSingleton<Carrier>().AddSingleton<Vendors>().AddSingleton<Bookmark>();
        return builder.Build();
    }
}
