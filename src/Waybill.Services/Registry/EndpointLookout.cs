using System.Text.Json;
using Waybill.Services.Calling;
using Waybill.Stores;

namespace Waybill.Services.Registry;

/// <summary>Reads from the site's store where services are.</summary>
/// <remarks>
/// While the store is away, nobody can renew, and when it is back, all that was registered has run out. So after a look
/// that failed nothing is forgotten until everybody has had the time to renew.
/// </remarks>
internal sealed class EndpointLookout(
    ISiteStore store, EndpointBook book, ServiceRegistryOptions options, TimeProvider time)
{
    private HashSet<RegisteredEndpoint> known = [];
    private long? doubtedSince;

    /// <summary>Reads all that is registered, and tells the callers of this process.</summary>
    public async Task LookOnceAsync(CancellationToken cancel)
    {
        HashSet<RegisteredEndpoint> found = [];
        try
        {
            PageRequest page = new(1000);
            while (true)
            {
                Page<StoredRecord> records =
                    await store.Records.ListAsync(new RecordFilter(EndpointAnnouncer.Kind), page, cancel);
                found.UnionWith(records.Items.Select(Read).OfType<RegisteredEndpoint>());
                if (records.Next is null)
                    break;
                page = new PageRequest(1000, records.Next);
            }
        }
        catch (Exception)
        {
            doubtedSince = null;
            throw;
        }

        doubtedSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(doubtedSince.Value) < options.KeepFor)
            found.UnionWith(known);
        known = found;
        book.Learn(known.ToLookup(endpoint => endpoint.Service, endpoint => endpoint.Address));
    }

    // What another version of the program wrote, and this one cannot read, is no reason to lose the rest.
    private static RegisteredEndpoint? Read(StoredRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize(record.Value.Span, RegistryJson.Default.RegisteredEndpoint);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
