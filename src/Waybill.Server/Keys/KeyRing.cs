using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Stores;

namespace Waybill.Server.Keys;

/// <summary>
/// The site's keys in memory, so that a request costs a hash and no read. Read anew when what is known is older than
/// <see cref="WaybillServerOptions.KeyCacheDuration"/>, by one request for all that come meanwhile.
/// </summary>
internal sealed partial class KeyRing(
    SiteClient site, TimeProvider time, IOptions<WaybillServerOptions> options, ILogger<KeyRing> log)
{
    private readonly Lock gate = new();
    private Task<FrozenDictionary<string, KeyRecord>>? latest;
    private long readAt;

    /// <summary>The key whose text this is; null when there is none, or it has run out.</summary>
    public async Task<ApiKey?> FindAsync(KeyText text)
    {
        FrozenDictionary<string, KeyRecord> known = await KnownAsync();
        DateTimeOffset now = time.GetUtcNow();
        if (!known.TryGetValue(text.Prefix, out KeyRecord? key) || key.ExpiresAt <= now)
            return null;
        bool matches = CryptographicOperations.FixedTimeEquals(key.Hash, text.Hash);
        bool matchesFormer = key.FormerHash is { } former && key.FormerSecretUntil > now
            && CryptographicOperations.FixedTimeEquals(former, text.Hash);
        return matches || matchesFormer ? key.ToApiKey(text.Prefix, now) : null;
    }

    /// <summary>Makes the next request read anew: this process changed a key.</summary>
    public void Forget()
    {
        lock (gate)
            latest = null;
    }

    private Task<FrozenDictionary<string, KeyRecord>> KnownAsync()
    {
        lock (gate)
        {
            bool isOld = latest is null || latest.IsFaulted
                || (latest.IsCompleted && time.GetElapsedTime(readAt) >= options.Value.KeyCacheDuration);
            if (isOld)
            {
                readAt = time.GetTimestamp();
                latest = ReadAsync();
            }

            return latest!;
        }
    }

    private async Task<FrozenDictionary<string, KeyRecord>> ReadAsync()
    {
        Dictionary<string, KeyRecord> keys = new(StringComparer.Ordinal);
        long? after = null;
        do
        {
            Page<StoredRecord> page = await site.Store.Records.ListAsync(
                new RecordFilter(KeyRecord.Kind), new PageRequest(1000, after), CancellationToken.None);
            foreach (StoredRecord record in page.Items)
                Take(record, keys);
            after = page.Next;
        }
        while (after is not null);
        return keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // A key that a newer version of the server wrote, and this one does not understand, lets nobody in; the others do.
    private void Take(StoredRecord record, Dictionary<string, KeyRecord> keys)
    {
        try
        {
            keys[record.Key.Name] = KeyRecord.Read(record);
        }
        catch (JsonException error)
        {
            LogUnreadable(record.Key.Name, error);
        }
    }

    [LoggerMessage(6003, LogLevel.Warning, "The record of API key {Prefix} cannot be read; the key counts for nothing")]
    private partial void LogUnreadable(string prefix, Exception error);
}
