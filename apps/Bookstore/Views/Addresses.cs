using Bookstore.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Bookstore.Views;

/// <summary>Says where a process can be reached.</summary>
internal static class Addresses
{
    public static async Task TellAsync(IHost host, SiteOrder order, TextWriter output)
    {
        if (host is not WebApplication app)
            return;
        string urls = string.Join(", ", app.Urls);
        if (order.Serves.Count > 0)
            await output.WriteLineAsync($"Services: {string.Join(", ", order.Serves)} at {urls}");
        await output.WriteLineAsync($"Process: {Environment.ProcessId}");
        if (!order.HasShop)
            return;
        await output.WriteLineAsync($"Shop: {app.Urls.First()}/shop/books.html");
        string key = WebSite.FirstKeyFileOf(order);
        if (File.Exists(key))
            await output.WriteLineAsync($"The first admin key is in {key}.");
    }
}
