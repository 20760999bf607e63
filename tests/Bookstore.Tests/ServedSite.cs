using System.Net.Http.Headers;
using Bookstore.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Bookstore.Tests;

/// <summary>A process of the site that others call, within this one.</summary>
internal sealed class ServedSite(WebApplication app, SiteOrder order) : IAsyncDisposable
{
    public string Url => app.Urls.Single();

    public IServiceProvider Services => app.Services;

    public static IHost Build(SiteOrder order, TimeProvider? time = null) =>
        Site.Build(order, new Notices(null), time);

    /// <param name="order">What the process does.</param>
    /// <param name="time">Its clock; null for the machine's.</param>
    public static async Task<ServedSite> StartAsync(SiteOrder order, TimeProvider? time = null)
    {
        WebApplication app = (WebApplication)Build(order, time);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServedSite(app, order);
    }

    /// <summary>A client without a key, as everybody's browser is.</summary>
    public HttpClient Browser() => new() { BaseAddress = new Uri(Url) };

    /// <summary>A client with the site's first key.</summary>
    public async Task<HttpClient> ClerkAsync()
    {
        string key = await File.ReadAllTextAsync(
            Path.ChangeExtension(order.Store.Place, ".admin-key"), TestContext.Current.CancellationToken);
        HttpClient client = Browser();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
