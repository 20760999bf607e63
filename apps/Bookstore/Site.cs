using System.Net;
using Bookstore.Domains;
using Bookstore.Feeds;
using Bookstore.Http;
using Bookstore.Outside;
using Bookstore.Services;
using Bookstore.Storage;
using Bookstore.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waybill;
using Waybill.Hosting;
using Waybill.Postgres;
using Waybill.Server.Callbacks;
using Waybill.Sqlite;
using Waybill.Stores;

namespace Bookstore;

/// <summary>Puts the site together: store, workflows, domains, services, and the simulated world around them.</summary>
public static class Site
{
    /// <summary>Makes the host of a process. It opens no port unless the order names one.</summary>
    /// <param name="order">How the process takes part in the site.</param>
    /// <param name="logging">Takes what is logged.</param>
    /// <param name="time">The clock of all that the process does; null for the machine's.</param>
    public static IHost Build(SiteOrder order, ILoggerProvider logging, TimeProvider? time = null)
    {
        IHost host;
        if (order.Urls.Count == 0)
        {
            HostApplicationBuilder builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
            Add(builder, order, logging, time);
            host = builder.Build();
        }
        else
        {
            WebApplicationBuilder builder = WebSite.CreateBuilder(order);
            Add(builder, order, logging, time);
            WebSite.Add(builder.Services, order);
            WebApplication app = builder.Build();
            WebSite.Map(app, order);
            host = app;
        }

        host.Services.GetService<SpanFile>();
        ShopServices.ServeLocally(host.Services, order);
        return host;
    }

    private static void Add(
        IHostApplicationBuilder builder, SiteOrder order, ILoggerProvider logging, TimeProvider? time)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(time ?? TimeProvider.System);
        builder.Logging.AddProvider(logging);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));
        services.AddSingleton(new Chance(order.Seed));
        services.AddSingleton(provider => new Pace(order.Speed, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CardProcessor>().AddSingleton<Carrier>();
        if (order.TraceFile is { } file)
            services.AddSingleton(_ => new SpanFile(file));
        if (order.HasStore)
            AddStore(services, order);
        ShopServices.Add(services, order);
    }

    private static void AddStore(IServiceCollection services, SiteOrder order)
    {
        SecretKeyRing keys = CardKeys.Open(order);
        services.AddSingleton(keys);
        services.AddWaybill(site =>
        {
            site.Options.Keys = keys;
            site.Add(Topology.Workflows);
            site.AddCallbacks();
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
        if (order is { HasWorker: true, IsReadOnly: false })
        {
            services.AddTracking(order.Store);
            services.AddCallbacks(callbacks =>
            {
                foreach (IPNetwork network in order.CallbackNetworks)
                    callbacks.AllowedNetworks.Add(network);
                callbacks.AllowsHttp = order.CallbackNetworks.Count > 0;
            });
        }

        services.AddSingleton<Database>(provider => provider.GetRequiredService<ISiteStore>() switch
        {
            SqliteStore sqlite => new SqliteDatabase(sqlite),
            PostgresStore postgres => new PostgresDatabase(postgres, order.Store.Place),
            ISiteStore other => throw new NotSupportedException(
                $"The bookstore's tables cannot be kept in {other.Description}."),
        });
        services.AddSingleton<Customers>().AddSingleton<Catalog>().AddSingleton<Inventory>().AddSingleton<BackOrders>();
        services.AddSingleton<Parcels>().AddSingleton<Purchases>().AddSingleton<Ratings>();
        services.AddSingleton<Vendors>().AddSingleton<Bookmark>();
    }
}
