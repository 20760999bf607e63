using System.Text.Json;
using System.Text.Json.Serialization;
using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>What is kept of a request with an <c>Idempotency-Key</c>.</summary>
/// <param name="Fingerprint">Tells it from other requests with the key.</param>
/// <param name="Id">
/// The id under which it does what it does. Fixed before anything is done and the same in each attempt, so that an
/// attempt that died in the middle does no harm.
/// </param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
/// <param name="Until">Until when the attempt may go on.</param>
/// <param name="Reply">What was answered; null until then.</param>
/// <param name="BytesNotKept">How large the answer was, when it was too large to be kept.</param>
internal sealed record IdempotencyRecord(
    string Fingerprint, Guid Id, int Attempt, DateTimeOffset Until, KeptReply? Reply = null, int? BytesNotKept = null)
{
    public const string Kind = "idempotency";

    public static IdempotencyRecord Of(StoredRecord record) =>
        JsonSerializer.Deserialize(record.Value.Span, IdempotencyJson.Default.IdempotencyRecord)!;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, IdempotencyJson.Default.IdempotencyRecord);
}

/// <summary>A response as it is kept.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers that matter to a client.</param>
/// <param name="Body">The body.</param>
internal sealed record KeptReply(int Status, Dictionary<string, string> Headers, byte[] Body);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IdempotencyRecord))]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
