using System.Text.Json;
using Waybill.Server.Access;
using Waybill.Server.Keys;
using Waybill.Stores;

namespace Waybill.Server;

/// <summary>
/// The site's API keys: made, listed, rotated, revoked. Each act is in the audit trail. Only hashes are kept, so a
/// secret that was lost cannot be told again, only rotated. Thread-safe.
/// </summary>
public sealed class ApiKeys
{
    private const int NameLengthMax = 100;
    private const int WorkflowsMax = 100;
    private const int TriesMax = 5;

    private readonly SiteClient site;
    private readonly TimeProvider time;
    private readonly AuditTrail audit;
    private readonly KeyRing ring;

    internal ApiKeys(SiteClient site, TimeProvider time, AuditTrail audit, KeyRing ring)
    {
        this.site = site;
        this.time = time;
        this.audit = audit;
        this.ring = ring;
    }

    /// <summary>Makes a key; durable when the task completes.</summary>
    /// <param name="key">What it is for, and what its holder may do.</param>
    /// <param name="actor">Who makes it, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ArgumentException">Its name, workflows or expiry cannot be used.</exception>
    public Task<IssuedApiKey> CreateAsync(NewApiKey key, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return CreateAsync(key, Caller.Of(actor), actor.Reason, cancel);
    }

    /// <summary>A page of the keys, in the order in which they were made.</summary>
    /// <param name="page">Which part; null for the first 100.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<Page<ApiKey>> ListAsync(PageRequest? page = null, CancellationToken cancel = default)
    {
        Page<StoredRecord> records = await site.Store.Records.ListAsync(
            new RecordFilter(KeyRecord.Kind), page ?? new PageRequest(), cancel);
        DateTimeOffset now = time.GetUtcNow();
        return new Page<ApiKey>(
            [.. records.Items.Select(record => KeyRecord.Read(record).ToApiKey(record.Key.Name, now))], records.Next);
    }

    /// <summary>How many keys there are, those that have ended among them.</summary>
    /// <param name="cancel">Stops waiting.</param>
    public Task<long> CountAsync(CancellationToken cancel = default) =>
        site.Store.Records.CountAsync(new RecordFilter(KeyRecord.Kind), cancel);

    /// <summary>Gives a key a new secret. The one before works on for a while, to change over.</summary>
    /// <param name="prefix">The key's visible part.</param>
    /// <param name="overlap">For how long; zero to stop it at once.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The key with its new secret; null when there is no such key.</returns>
    public Task<IssuedApiKey?> RotateAsync(
        string prefix, TimeSpan overlap, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return RotateAsync(prefix, overlap, Caller.Of(actor), actor.Reason, cancel);
    }

    /// <summary>
    /// Ends a key. It stops at once in this process, in others within <see
    /// cref="WaybillServerOptions.KeyCacheDuration"/>; streams and waits under it are broken off within 2 seconds more.
    /// </summary>
    /// <param name="prefix">The key's visible part.</param>
    /// <param name="actor">Who, and why.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>Whether there was such a key.</returns>
    public Task<bool> RevokeAsync(string prefix, Actor actor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return RevokeAsync(prefix, Caller.Of(actor), actor.Reason, cancel);
    }

    internal async Task<IssuedApiKey> CreateAsync(
        NewApiKey key, Caller caller, string? reason, CancellationToken cancel)
    {
        CheckNew(key);
        AuditAct act = new("keys.create", caller)
        {
            Reason = reason,
            Target = $"{key.Name} ({key.Role})",
        };
        return await audit.ActAsync(act, async () =>
        {
            for (int i = 0; i < TriesMax; i++)
            {
                if (await TryCreateAsync(key, KeyText.NewPrefix(), caller.Name, cancel) is { } issued)
                    return (issued, 1L);
            }

            throw new InvalidOperationException("No free prefix was found for the key.");
        });
    }

    internal async Task<IssuedApiKey?> RotateAsync(
        string prefix, TimeSpan overlap, Caller caller, string? reason, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        AuditAct act = new("keys.rotate", caller) { Reason = reason, Target = prefix };
        return await audit.ActAsync(act, async () =>
        {
            while (await ReadAsync(prefix, cancel) is { } stored)
            {
                string secret = KeyText.NewSecret();
                KeyRecord key = KeyRecord.Read(stored);
                DateTimeOffset now = time.GetUtcNow();
                KeyRecord rotated = key with
                {
                    Hash = KeyText.HashOf(secret),
                    RotatedAt = now,
                    FormerHash = overlap > TimeSpan.Zero ? key.Hash : null,
                    FormerSecretUntil = overlap > TimeSpan.Zero ? now + overlap : null,
                };
                if (!await site.Store.Records.WriteAsync([rotated.ToWrite(prefix, stored.Revision)], cancel))
                    continue;
                ring.Forget();
                return ((IssuedApiKey?)new IssuedApiKey(
                    rotated.ToApiKey(prefix, now), KeyText.Whole(prefix, secret)), 1L);
            }

            return (null, 0L);
        });
    }

    internal async Task<bool> RevokeAsync(string prefix, Caller caller, string? reason, CancellationToken cancel) =>
        await audit.ActAsync(
            new AuditAct("keys.revoke", caller) { Reason = reason, Target = prefix },
            async () =>
            {
                if (await ReadAsync(prefix, cancel) is null)
                    return (false, 0L);
                await site.Store.Records.WriteAsync(
                    [new RecordWrite(new RecordKey(KeyRecord.Kind, prefix), null)], cancel);
                ring.Forget();
                return (true, 1L);
            });

    /// <summary>Makes a key with a given prefix; null when that prefix is taken.</summary>
    internal async Task<IssuedApiKey?> TryCreateAsync(
        NewApiKey key, string prefix, string by, CancellationToken cancel)
    {
        string secret = KeyText.NewSecret();
        DateTimeOffset now = time.GetUtcNow();
        KeyRecord record = new()
        {
            Name = key.Name,
            Role = key.Role,
            Workflows = key.Workflows,
            CreatedAt = now,
            CreatedBy = by,
            ExpiresAt = key.ExpiresAt,
            Hash = KeyText.HashOf(secret),
        };
        if (!await site.Store.Records.WriteAsync([record.ToWrite(prefix, expected: 0)], cancel))
            return null;
        ring.Forget();
        return new IssuedApiKey(record.ToApiKey(prefix, now), KeyText.Whole(prefix, secret));
    }

    private void CheckNew(NewApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Name.Trim().Length is 0 or > NameLengthMax || key.Name.Any(char.IsControl))
        {
            throw new ArgumentException(
                $"A key's name has 1 to {NameLengthMax} characters, none of them control characters.", nameof(key));
        }

        if (!Enum.IsDefined(key.Role))
            throw new ArgumentException($"There is no role {key.Role}.", nameof(key));
        if (key.ExpiresAt <= time.GetUtcNow())
            throw new ArgumentException($"The key would have run out already: {key.ExpiresAt:O}.", nameof(key));
        string[] unknown = [.. key.Workflows.Except(site.Workflows.Select(workflow => workflow.Name))];
        if (key.Workflows.Count > WorkflowsMax || unknown.Length > 0)
        {
            throw new ArgumentException(
                $"A key is limited to at most {WorkflowsMax} workflows that the site defines. Not among them: "
                + $"{JsonSerializer.Serialize(unknown.Take(10))}.",
                nameof(key));
        }

        if (key.Workflows.Count > 0 && key.Role == ServerRole.Admin)
            throw new ArgumentException("An admin makes keys for all workflows, so it cannot be limited.", nameof(key));
    }

    private async Task<StoredRecord?> ReadAsync(string prefix, CancellationToken cancel) =>
        KeyText.IsPrefix(prefix)
            ? (await site.Store.Records.ReadAsync([new RecordKey(KeyRecord.Kind, prefix)], cancel))[0]
            : null;
}
