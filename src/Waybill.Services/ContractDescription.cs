using System.Text.Json;
using System.Text.Json.Serialization;
using Waybill.Services.Contracts;

namespace Waybill.Services;

/// <summary>
/// A contract as it is on the wire: what its callers rely on, free of the code's names. Kept as JSON beside the code
/// for each release, it is what the next one is compared with (<see cref="ContractCheck"/>).
/// </summary>
/// <param name="Service">The service's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Operations">In order of name.</param>
/// <param name="Types">Objects and enumerations that arguments and results are made of, in order of name.</param>
public sealed record ContractDescription(
    string Service,
    int Version,
    IReadOnlyList<OperationDescription> Operations,
    IReadOnlyList<TypeDescription> Types)
{
    /// <summary>Describes a contract.</summary>
    /// <typeparam name="TContract">The contract.</typeparam>
    /// <exception cref="ContractException">It is no contract; with everything that is wrong.</exception>
    public static ContractDescription Of<TContract>()
        where TContract : class =>
        new ContractDescriber(ServiceContract.Of(typeof(TContract))).Describe();

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The description.</param>
    /// <exception cref="JsonException">It is none.</exception>
    public static ContractDescription Parse(string json) =>
        JsonSerializer.Deserialize(json, DescriptionJson.Default.ContractDescription)
        ?? throw new JsonException("null is no description of a contract.");

    /// <summary>Indented, the same text for the same contract, so that changes show in a diff.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DescriptionJson.Default.ContractDescription);
}

/// <summary>One operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsAsynchronous">Whether it is answered with a ticket.</param>
/// <param name="IsIdempotent">Whether it may be called twice.</param>
/// <param name="DeadlineMs">How long it takes at the most.</param>
/// <param name="LatencyMs">The promised latency at the percentile; 0 when none is promised.</param>
/// <param name="Percentile">The percentile.</param>
/// <param name="Availability">The promised availability in percent; 0 when none is promised.</param>
/// <param name="Arguments">What it takes.</param>
/// <param name="Result">The type of what it, or its ticket, brings; null for nothing.</param>
/// <param name="ResultMayBeNull">Whether it may bring null.</param>
public sealed record OperationDescription(
    string Name,
    bool IsAsynchronous,
    bool IsIdempotent,
    int DeadlineMs,
    int LatencyMs,
    double Percentile,
    double Availability,
    IReadOnlyList<MemberDescription> Arguments,
    string? Result,
    bool ResultMayBeNull);

/// <summary>An argument, or a member of an object.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Type">Its type: a value, a name of <see cref="ContractDescription.Types"/>, a list or map of
/// those.</param>
/// <param name="IsRequired">Whether who sends it must.</param>
/// <param name="MayBeNull">Whether it may be null.</param>
public sealed record MemberDescription(string Name, string Type, bool IsRequired, bool MayBeNull);

/// <summary>An object with members, or an enumeration with values.</summary>
/// <param name="Name">Its name, which is not on the wire.</param>
/// <param name="Members">An object's members, in order of name; empty for an enumeration.</param>
/// <param name="Values">An enumeration's values, in order of name; empty for an object.</param>
public sealed record TypeDescription(
    string Name, IReadOnlyList<MemberDescription> Members, IReadOnlyList<string> Values);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ContractDescription))]
internal sealed partial class DescriptionJson : JsonSerializerContext;
