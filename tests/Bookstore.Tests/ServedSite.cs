using Bookstore.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Bookstore.Tests;

/// <summary>A process of the site that others call, within this one.</summary>
internal sealed class ServedSite(WebApplication app) : IDisposable
{
    public string Url => app.Urls.Single();

    public IServiceProvider Services => app.Services;

    public static IHost Build(SiteOrder order) => Site.Build(order, new Notices(null));

    public static async Task<ServedSite> StartAsync(SiteOrder order)
    {
        WebApplication app = (WebApplication)Build(order);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServedSite(app);
    }

    public void Dispose() => ((IDisposable)app).Dispose();
}
