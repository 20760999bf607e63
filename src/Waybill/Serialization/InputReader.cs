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
    private readonly ConcurrentDictionary<Type, JsonTypeInfo> openContracts = new();
    private readonly JsonSerializerOptions options;
    private readonly JsonSerializerOptions openOptions;

    public InputReader(JsonSerializerOptions stored)
    {
        options = new JsonSerializerOptions(stored)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            MaxDepth = DepthMax,
            TypeInfoResolver = stored.TypeInfoResolver!.WithAddedModifier(RequireWhatHasNoDefault)
                .WithAddedModifier(NullItems.RefuseIn),
        };
        options.MakeReadOnly();
        openOptions = new JsonSerializerOptions(options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };
        openOptions.MakeReadOnly();
    }

    /// <summary>Reads it, or says what is wrong with it.</summary>
    /// <param name="type">As what.</param>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="what">What it is, for the message: <c>input of orders</c>.</param>
    /// <exception cref="InputException">It cannot be read.</exception>
    public object Read(Type type, ReadOnlySpan<byte> json, string what) =>
        Read(json, contracts.GetOrAdd(type, options.GetTypeInfo), what);

    /// <summary>
    /// Reads data that somebody was given and brings back changed: members that this version of the code does not know
    /// may be in it where they were in what was given.
    /// </summary>
    /// <param name="type">As what.</param>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="given">What was given, UTF-8 JSON of the same type.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="InputException">It cannot be read.</exception>
    public object ReadBack(Type type, ReadOnlySpan<byte> json, ReadOnlySpan<byte> given, string what)
    {
        JsonTypeInfo contract = openContracts.GetOrAdd(type, openOptions.GetTypeInfo);
        object value = Read(json, contract, what);
        string[] unknown =
            [.. UnknownMembers.PathsIn(json, contract).Except(UnknownMembers.PathsIn(given, contract))];
        return unknown.Length == 0
            ? value
            : throw new InputException(
                $"The {what} cannot be read: {type.Name} has no member {string.Join(", ", unknown)}, and there was "
                + "none in what was given. Correct the name or leave it out.",
                null);
    }

    private static object Read(ReadOnlySpan<byte> json, JsonTypeInfo contract, string what)
    {
        try
        {
            object value = JsonSerializer.Deserialize(json, contract)
                ?? throw new InputException($"The {what} is null.", "$");
            return !NullItems.AreIn(value)
                ? value
                : throw new InputException($"The {what} holds null; leave the item out.", "$");
        }
        catch (JsonException error)
        {
            string at = error.Path is null or "$" ? "" : $" at {error.Path}";
            throw new InputException($"The {what} cannot be read{at}: {InputException.ReasonOf(error)}", error.Path);
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
