using System.Text.Json;
using System.Text.Json.Serialization;
using Waybill.Stores;

namespace Waybill.Server.Callbacks;

/// <summary>An endpoint as it is kept, with its secrets.</summary>
internal sealed record CallbackRecord(
    string Id, string Name, string Url, DateTimeOffset CreatedAt, CallbackSecretEntry[] Secrets,
    string? DisabledBecause = null)
{
    public const string Kind = "callback-endpoint";

    public static RecordKey KeyOf(string id) => new(Kind, id);

    public static CallbackRecord Of(StoredRecord record) =>
        JsonSerializer.Deserialize(record.Value.Span, CallbackJson.Default.CallbackRecord)!;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CallbackJson.Default.CallbackRecord);

    /// <summary>The secrets that are signed with now, the newest first.</summary>
    public IEnumerable<string> ValidSecrets(DateTimeOffset now) =>
        Secrets.Where(secret => secret.Until is null || secret.Until > now).Select(secret => secret.Value);

    public CallbackEndpoint ToEndpoint() => new(Id, Name, new Uri(Url), CreatedAt, DisabledBecause);

    // A record prints its members; these must not come into a log.
    public override string ToString() => $"callback endpoint {Id}";
}

/// <summary>A secret.</summary>
/// <param name="Value"><c>whsec_…</c>.</param>
/// <param name="Until">When it ends; null for the newest.</param>
internal sealed record CallbackSecretEntry(string Value, DateTimeOffset? Until)
{
    public override string ToString() => "secret";
}

/// <summary>That the end of a ticket is to be told.</summary>
/// <param name="Endpoint">To which endpoint.</param>
/// <param name="Trace">The trace of what was submitted (W3C Trace Context); null when it had none.</param>
internal sealed record CallbackOrder(string Endpoint, string? Trace = null)
{
    public const string Kind = "callback-order";

    public static RecordKey KeyOf(ElementId element) => new(Kind, element.ToString());

    public CallbackDelivery DeliveryOf(ElementId ticket) => new(Endpoint, ticket.Value, Trace);

    public static CallbackOrder Of(StoredRecord record) =>
        JsonSerializer.Deserialize(record.Value.Span, CallbackJson.Default.CallbackOrder)!;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CallbackJson.Default.CallbackOrder);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallbackRecord))]
[JsonSerializable(typeof(CallbackOrder))]
internal sealed partial class CallbackJson : JsonSerializerContext;
