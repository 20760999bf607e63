using Bookstore.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bookstore.Http;

/// <summary>What a process shows over HTTP.</summary>
internal static class WebSite
{
    public static WebApplicationBuilder CreateBuilder(SiteOrder order)
    {
        if (order.Serves.Count > 0)
            ServiceDoor.CheckAddresses(order.Urls, order.ServiceKey);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls([.. order.Urls]);
        builder.Services.AddRouting();
        return builder;
    }

    public static void Map(WebApplication app, SiteOrder order)
    {
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/services"),
            services => services.Use(next => http => ServiceDoor.EnterAsync(http, order.ServiceKey, next)));
        ShopServices.Map(app, order);
    }
}
