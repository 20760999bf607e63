using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Serialization;

/// <summary>The codecs of one site, made once for each type.</summary>
internal sealed class CodecSet
{
    private readonly ConcurrentDictionary<Type, JsonCodec> codecs = new();
    private readonly JsonSerializerOptions strict;
    private readonly JsonSerializerOptions tolerant;

    public CodecSet(JsonSerializerOptions? options)
    {
        JsonSerializerOptions given = options ?? new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter() },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        tolerant = new JsonSerializerOptions(given) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };
        strict = new JsonSerializerOptions(given) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        tolerant.MakeReadOnly(populateMissingResolver: true);
        strict.MakeReadOnly(populateMissingResolver: true);
        Input = new InputReader(tolerant);
    }

    /// <summary>Reads what clients send.</summary>
    public InputReader Input { get; }

    public JsonCodec<T> For<T>() =>
        (JsonCodec<T>)codecs.GetOrAdd(typeof(T), _ => new JsonCodec<T>(strict, tolerant));

    /// <summary>For types that are only known when a route names them: call inputs, results, signal payloads.</summary>
    public JsonCodec For(Type type) => codecs.GetOrAdd(
        type,
        known => (JsonCodec)Activator.CreateInstance(typeof(JsonCodec<>).MakeGenericType(known), strict, tolerant)!);
}
