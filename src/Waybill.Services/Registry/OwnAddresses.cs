using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Waybill.Services.Registry;

/// <summary>Under which base addresses this process can be reached.</summary>
internal sealed class OwnAddresses(ServiceRegistryOptions options, IServiceProvider services)
{
    /// <summary>The given one, or those that the server listens on; none before the host has started.</summary>
    public IReadOnlyList<Uri> List()
    {
        // Until then the server shows what it was told, port 0 for instance, and nobody is answered.
        if (services.GetService<IHostApplicationLifetime>() is { ApplicationStarted.IsCancellationRequested: false })
            return [];
        if (options.Address is { } given)
            return [Calling.EndpointBook.ToBase(given)];
        IEnumerable<string> listening =
            services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return [.. listening.Select(Reachable).OfType<Uri>()];
    }

    // Other machines can do nothing with "all addresses of this one".
    private static Uri? Reachable(string listening) =>
        Uri.TryCreate(listening, UriKind.Absolute, out Uri? address)
        && !(IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            ? address
            : null;
}
