using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waybill.Server.Access;
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
    private Task<FrozenDictionary<string, KnownKey>>? latest;
    private long readAt;

    /// <summary>Who sends the key whose text this is; null when there is none, or it has run out.</summary>
    public async Task<KeyIdentity?> FindAsync(KeyText text)
    {
        FrozenDictionary<string, KnownKey> known = await KnownAsync();
        DateTimeOffset now = time.GetUtcNow();
        if (!known.TryGetValue(text.Prefix, out KnownKey? found) || found.Key.ExpiresAt <= now)
            return null;
        KeyRecord key = found.Key;
        bool matches = CryptographicOperations.FixedTimeEquals(key.Hash, text.Hash);
        bool matchesFormer = key.FormerHash is { } former && key.FormerSecretUntil > now
            && CryptographicOperations.FixedTimeEquals(former, text.Hash);
        return matches || matchesFormer ? found.Identity : null;
    }

    /// <summary>Makes the next request read anew: this process changed a key.</summary>
    public void Forget()
    {
        lock (gate)
            latest = null;
    }

    private Task<FrozenDictionary<string, KnownKey>> KnownAsync()
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

    private async Task<FrozenDictionary<string, KnownKey>> ReadAsync()
    {
        Dictionary<string, KnownKey> keys = new(StringComparer.Ordinal);
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
    private void Take(StoredRecord record, Dictionary<string, KnownKey> keys)
    {
        try
        {
            KeyRecord key = KeyRecord.Read(record);
            keys[record.Key.Name] = new KnownKey(key, new KeyIdentity(record.Key.Name, key));
        }
        catch (JsonException error)
        {
            LogUnreadable(record.Key.Name, error);
        }
    }

    [LoggerMessage(6003, LogLevel.Warning, "The record of API key {Prefix} cannot be read; the key counts for nothing")]
    private partial void LogUnreadable(string prefix, Exception error);

    private sealed record KnownKey(KeyRecord Key, KeyIdentity Identity);
}
