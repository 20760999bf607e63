using System.Text.Json.Serialization;

namespace Waybill;

/// <summary>Why a run of a node failed. Kept with a sidelined element and given to a node's failure route.</summary>
/// <param name="Type">
/// The full name of the exception's type, or a stable Waybill name such as <c>waybill.undeclared-exit</c>.
/// </param>
/// <param name="Message">The exception's message.</param>
/// <param name="Stack">The stack trace, if there is one; cut at 8,000 characters.</param>
/// <param name="Node">The node whose run failed.</param>
/// <param name="Attempts">How many runs were used up at that node.</param>
public sealed record Failure(string Type, string Message, string? Stack, string Node, int Attempts);

internal sealed record ReasonDetail(string Reason);

/// <summary>Source-generated JSON of the engine's own records.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(ActorDetail))]
[JsonSerializable(typeof(ReasonDetail))]
[JsonSerializable(typeof(NodeControlDetail))]
internal sealed partial class WaybillJson : JsonSerializerContext;
