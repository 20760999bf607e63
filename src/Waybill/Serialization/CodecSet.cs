using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Waybill.Sealing;

namespace Waybill.Serialization;

/// <summary>The codecs of one site, made once for each type.</summary>
internal sealed class CodecSet
{
    private readonly ConcurrentDictionary<Type, JsonCodec> codecs = new();
    private readonly JsonSerializerOptions strict;
    private readonly JsonSerializerOptions tolerant;

    private readonly SecretMembers? secrets;
    private readonly Seal? seal;

    /// <param name="options">How data is written; null for the engine's own.</param>
    /// <param name="secret">Members that are kept encrypted.</param>
    /// <param name="keys">With what.</param>
    public CodecSet(JsonSerializerOptions? options, IReadOnlyList<MemberInfo>? secret = null, IKeyRing? keys = null)
    {
        seal = keys is null ? null : new Seal(keys);
        secrets = seal is null || secret is not { Count: > 0 } ? null : new SecretMembers(secret, seal);
        Failures = new FailureSeal(seal);
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

    /// <summary>Keeps what code says in failures.</summary>
    public FailureSeal Failures { get; }

    public JsonCodec<T> For<T>() =>
        (JsonCodec<T>)codecs.GetOrAdd(typeof(T), _ => new JsonCodec<T>(strict, tolerant, SecretsOf(typeof(T))));

    /// <summary>For types that are only known when a route names them: call inputs, results, signal payloads.</summary>
    public JsonCodec For(Type type) => codecs.GetOrAdd(
        type,
        known => (JsonCodec)Activator.CreateInstance(
            typeof(JsonCodec<>).MakeGenericType(known), strict, tolerant, SecretsOf(known))!);

    /// <summary>Whether members of a type, at any depth, are kept encrypted.</summary>
    public bool HasSecrets(Type type) => SecretsOf(type) is not null;

    /// <summary>Whether a member stands in the JSON of the type that declares it.</summary>
    public bool IsWritten(MemberInfo member) => tolerant.GetTypeInfo(member.DeclaringType!).Properties
        .Any(property => SecretMembers.IsMember(property, member));

    /// <summary>JSON of any type as code has it; a secret that cannot be decrypted is masked.</summary>
    public ReadOnlyMemory<byte> Opened(ReadOnlyMemory<byte> stored) => SealedText.Replaced(
        stored,
        (text, path) =>
        {
            try
            {
                return seal is null ? SealedText.Mask : JsonNode.Parse(seal.Open(text, path));
            }
            catch (RouteException)
            {
                return SealedText.Mask;
            }
        });

    private SecretMembers? SecretsOf(Type type) =>
        secrets?.AreIn(tolerant.GetTypeInfo(type)) == true ? secrets : null;
}
