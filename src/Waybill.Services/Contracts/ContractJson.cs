using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Waybill.Serialization;

namespace Waybill.Services.Contracts;

/// <summary>How arguments and results are written and read.</summary>
internal static class ContractJson
{
    /// <summary>How deep arguments and results may nest.</summary>
    public const int DepthMax = 32;

    /// <summary>Reads arguments: what the contract does not know, and what is said twice, is refused.</summary>
    public static JsonSerializerOptions Strict { get; } = Create(JsonUnmappedMemberHandling.Disallow);

    /// <summary>Reads results: a newer server may say more than this caller knows.</summary>
    public static JsonSerializerOptions Tolerant { get; } = Create(JsonUnmappedMemberHandling.Skip);

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unknown)
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
            MaxDepth = DepthMax,
            AllowDuplicateProperties = unknown == JsonUnmappedMemberHandling.Skip,
            UnmappedMemberHandling = unknown,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = unknown == JsonUnmappedMemberHandling.Skip
                ? new DefaultJsonTypeInfoResolver()
                : new DefaultJsonTypeInfoResolver { Modifiers = { NullItems.RefuseIn } },
        };
        options.MakeReadOnly();
        return options;
    }
}
