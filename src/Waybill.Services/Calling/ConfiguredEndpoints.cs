using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>The endpoints that the configuration names.</summary>
internal sealed class ConfiguredEndpoints(ServicesOptions options)
{
    private readonly Dictionary<string, Uri[]> addresses = options.Endpoints.ToDictionary(
        named => named.Key,
        named => named.Value.Select(ToBase).ToArray(),
        StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<Uri> Of(ServiceContract service) =>
        addresses.GetValueOrDefault(service.Address) ?? addresses.GetValueOrDefault(service.Name) ?? [];

    // Without a slash at its end, the last segment would be replaced by an operation's path.
    private static Uri ToBase(string address) => new(address.EndsWith('/') ? address : $"{address}/");
}
