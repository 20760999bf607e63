using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Keys;

/// <summary>An API key as the site keeps it, in a record of kind <c>api-key</c> under its prefix.</summary>
internal sealed record KeyRecord
{
    public const string Kind = "api-key";

    public required string Name { get; init; }

    public required ServerRole Role { get; init; }

    public IReadOnlyList<string> Workflows { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Hash { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public byte[]? FormerHash { get; init; }

    public DateTimeOffset? FormerSecretUntil { get; init; }

    public static KeyRecord Read(StoredRecord record) =>
        JsonSerializer.Deserialize(record.Value.Span, RecordJson.Default.KeyRecord)
        ?? throw new JsonException($"The record of API key \"{record.Key.Name}\" is null.");

    public RecordWrite ToWrite(string prefix, long? expected) =>
        new(new RecordKey(Kind, prefix), JsonSerializer.SerializeToUtf8Bytes(this, RecordJson.Default.KeyRecord))
        {
            Expected = expected,
        };

    public ApiKey ToApiKey(string prefix, DateTimeOffset now) => new(
        prefix, Name, Role, Workflows, CreatedAt, CreatedBy, ExpiresAt, RotatedAt,
        FormerSecretUntil > now ? FormerSecretUntil : null);
}
