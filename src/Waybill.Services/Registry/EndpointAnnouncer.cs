using System.Text.Json;
using Waybill.Stores;

namespace Waybill.Services.Registry;

/// <summary>
/// Writes where this process serves its services into the site's store, to be renewed while it lives.
/// </summary>
internal sealed class EndpointAnnouncer(
    ISiteStore store, LocalServices local, OwnAddresses own, ServiceRegistryOptions options)
{
    public const string Kind = "endpoint";

    /// <summary>Renews all in one transaction. Returns how many.</summary>
    public async Task<int> AnnounceOnceAsync(CancellationToken cancel)
    {
        RecordWrite[] writes =
        [
            .. Endpoints().Select(endpoint => new RecordWrite(KeyOf(endpoint), JsonSerializer.SerializeToUtf8Bytes(
                endpoint, RegistryJson.Default.RegisteredEndpoint)) { KeepFor = options.KeepFor }),
        ];
        if (writes.Length > 0)
            await store.Records.WriteAsync(writes, cancel);
        return writes.Length;
    }

    /// <summary>Takes all back, so that callers need not find out by failing.</summary>
    public async Task WithdrawAsync(CancellationToken cancel)
    {
        RecordWrite[] writes = [.. Endpoints().Select(endpoint => new RecordWrite(KeyOf(endpoint), null))];
        if (writes.Length > 0)
            await store.Records.WriteAsync(writes, cancel);
    }

    private IEnumerable<RegisteredEndpoint> Endpoints() =>
        from address in own.List()
        from service in local.AddressesOverHttp
        select new RegisteredEndpoint(service, address);

    private static RecordKey KeyOf(RegisteredEndpoint endpoint) =>
        new(Kind, $"{endpoint.Service} {endpoint.Address}");
}
