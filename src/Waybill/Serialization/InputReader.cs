using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Serialization;

/// <summary>Reads what clients send, strictly: what is unknown, doubled or missing is a mistake of theirs.</summary>
/// <remarks>
/// Stored data is read tolerantly, because a newer version of the code may have written it; a client that misspells a
/// member would lose it that way.
/// </remarks>
internal sealed class InputReader
{
    private const int DepthMax = 32;

    private readonly ConcurrentDictionary<Type, JsonTypeInfo> contracts = new();
    private readonly JsonSerializerOptions options;

    public InputReader(JsonSerializerOptions stored)
    {
        options = new JsonSerializerOptions(stored)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            MaxDepth = DepthMax,
            TypeInfoResolver = stored.TypeInfoResolver!.WithAddedModifier(RequireWhatHasNoDefault),
        };
        options.MakeReadOnly();
    }

    /// <summary>Reads it, or says what is wrong with it.</summary>
    /// <param name="type">As what.</param>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="what">What it is, for the message: <c>input of orders</c>.</param>
    /// <exception cref="InputException">It cannot be read.</exception>
    public object Read(Type type, ReadOnlySpan<byte> json, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(json, contracts.GetOrAdd(type, options.GetTypeInfo))
                ?? throw new InputException($"The {what} is null.", "$");
        }
        catch (JsonException error)
        {
            // The path has a member of its own, and a position in a line means nothing to who sent a value.
            int end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
            string fault = end < 0 ? error.Message : error.Message[..end];
            string at = error.Path is null or "$" ? "" : $" at {error.Path}";
            throw new InputException($"The {what} cannot be read{at}: {fault}", error.Path);
        }
    }

    /// <summary>What is read as a type, as JSON schema.</summary>
    public JsonNode SchemaOf(Type type) => options.GetJsonSchemaAsNode(type);

    private static void RequireWhatHasNoDefault(JsonTypeInfo contract)
    {
        if (contract.Kind != JsonTypeInfoKind.Object)
            return;
        foreach (JsonPropertyInfo member in contract.Properties)
        {
            if (member.AssociatedParameter is { HasDefaultValue: false, IsNullable: false } && !member.IsExtensionData)
                member.IsRequired = true;
        }
    }
}
