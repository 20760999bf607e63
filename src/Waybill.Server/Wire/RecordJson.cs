using System.Text.Json.Serialization;
using Waybill.Server.Keys;
using Waybill.Server.Sidelined;

namespace Waybill.Server.Wire;

/// <summary>How the server's records are kept: read tolerantly, a newer version may have written them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(KeyRecord))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(SelectionAnswer))]
internal sealed partial class RecordJson : JsonSerializerContext;
