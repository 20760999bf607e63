using Bookstore.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Waybill.Server;
using Waybill.Services.Composing;

namespace Bookstore.Http;

/// <summary>
/// What a process shows over HTTP: services to other processes, the shop and the site's API to clients.
/// </summary>
internal static class WebSite
{
    /// <exception cref="InvalidDataException">An address is one that it must not listen on.</exception>
    public static WebApplicationBuilder CreateBuilder(SiteOrder order)
    {
        if (order.HasShop && order.Urls.FirstOrDefault(url => !ServiceDoor.IsOfThisMachine(url)) is { } open)
        {
            throw new InvalidDataException(
                $"{open} can be reached by other machines, and the shop's keys would travel there in the open. Use an "
                + "address such as http://127.0.0.1:5080, and a proxy with TLS before it. Services for other machines "
                + "are carried out by a process without --http.");
        }

        if (order.Serves.Count > 0)
            ServiceDoor.CheckAddresses(order.Urls, order.ServiceKey);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls([.. order.Urls]);
        builder.Services.AddRouting();
        return builder;
    }

    /// <summary>Adds what the shop needs besides the site.</summary>
    public static void Add(IServiceCollection services, SiteOrder order)
    {
        if (!order.HasShop)
            return;
        services.AddWaybillServer(server => server.FirstKeyFile = FirstKeyFileOf(order));
        services.AddComposer();
        services.AddSingleton<ProductPages>();
    }

    public static void Map(WebApplication app, SiteOrder order)
    {
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/services"),
            services => services.Use(next => http => ServiceDoor.EnterAsync(http, order.ServiceKey, next)));
        ShopServices.Map(app, order);
        if (!order.HasShop)
            return;
        app.MapWaybill();
        OrderEndpoints.Map(app);
        BookEndpoints.Map(app);
    }

    /// <summary>Where the first admin key of a site is written, for its owner only.</summary>
    public static string FirstKeyFileOf(SiteOrder order) => order.Store.Kind == StoreKind.Sqlite
        ? Path.ChangeExtension(Path.GetFullPath(order.Store.Place), ".admin-key")
        : Path.GetFullPath("bookstore.admin-key");
}
