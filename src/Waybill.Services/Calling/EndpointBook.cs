using System.Collections.Concurrent;
using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>Where services are: what the configuration says; where it says nothing, what is registered.</summary>
internal sealed class EndpointBook(ServicesOptions options, TimeProvider time)
{
    private readonly Dictionary<string, Uri[]> configured = options.Endpoints.ToDictionary(
        named => named.Key,
        named => named.Value.Select(ToBase).ToArray(),
        StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<string, KnownService> known = new(StringComparer.Ordinal);

    public KnownService Of(ServiceContract service) => known.TryGetValue(service.Address, out KnownService? found)
        ? found
        : known.GetOrAdd(service.Address, _ => Configured(service));

    /// <summary>Tells where services are registered now. Not thread-safe.</summary>
    /// <param name="registered">Base addresses, by the address of a service; what is missing has none.</param>
    public void Learn(ILookup<string, Uri> registered)
    {
        foreach (string address in registered.Select(service => service.Key).Union(known.Keys))
        {
            if (Configuration(address, address.Split(':')[0]) is null)
                known.GetOrAdd(address, _ => new KnownService(time)).Replace(registered[address]);
        }
    }

    // Without a slash at its end, the last segment would be replaced by an operation's path.
    public static Uri ToBase(string address) => new(address.EndsWith('/') ? address : $"{address}/");

    private KnownService Configured(ServiceContract service)
    {
        KnownService made = new(time);
        made.Replace(Configuration(service.Address, service.Name) ?? []);
        return made;
    }

    private Uri[]? Configuration(string address, string name) =>
        configured.GetValueOrDefault(address) ?? configured.GetValueOrDefault(name);
}
