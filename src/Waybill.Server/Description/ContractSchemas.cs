using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Waybill.Services;

namespace Waybill.Server.Description;

/// <summary>
/// The types of one contract as schemas. Its objects and enumerations become components, named after service and
/// version, so that those of two services never meet.
/// </summary>
internal sealed class ContractSchemas(ContractDescription contract, OpenApiDocument document)
{
    private const string List = "list of ";
    private const string Map = "map of ";

    private static readonly Dictionary<string, Func<OpenApiSchema>> Values = new(StringComparer.Ordinal)
    {
        ["text"] = () => Text(null),
        ["boolean"] = () => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        ["integer 8"] = () => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0", Maximum = "255" },
        ["integer 16"] = () => Number(JsonSchemaType.Integer, "int16"),
        ["integer 32"] = () => Number(JsonSchemaType.Integer, "int32"),
        ["integer 64"] = () => Number(JsonSchemaType.Integer, "int64"),
        ["float 32"] = () => Number(JsonSchemaType.Number, "float"),
        ["float 64"] = () => Number(JsonSchemaType.Number, "double"),
        ["decimal"] = () => Number(JsonSchemaType.Number, "decimal"),
        ["uuid"] = () => Text("uuid"),
        ["instant"] = () => Text("date-time"),
        ["date"] = () => Text("date"),
        ["time"] = () => Text("time-local"),
        ["duration"] = () => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Days, hours, minutes, seconds: [d.]hh:mm:ss[.fffffff].",
        },
        ["uri"] = () => Text("uri-reference"),
        ["bytes"] = () => Text("byte"),
    };

    /// <summary>What an operation takes: an object with a member for each argument, and no other.</summary>
    public OpenApiSchema OfArguments(OperationDescription called)
    {
        OpenApiSchema arguments = OfMembers(called.Arguments);
        arguments.AdditionalPropertiesAllowed = false;
        return arguments;
    }

    /// <summary>A type, by its name in the contract's description.</summary>
    public IOpenApiSchema Of(string type, bool mayBeNull)
    {
        if (Plain(type) is { } plain)
        {
            if (mayBeNull)
                plain.Type |= JsonSchemaType.Null;
            return plain;
        }

        OpenApiSchemaReference reference = Component(type);
        return mayBeNull
            ? new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, reference] }
            : reference;
    }

    /// <summary>A type in words: a component's name, or a value, or a list or map of those.</summary>
    public string NameOf(string type) =>
        type.StartsWith(List, StringComparison.Ordinal) ? List + NameOf(type[List.Length..])
        : type.StartsWith(Map, StringComparison.Ordinal) ? Map + NameOf(type[Map.Length..])
        : Values.ContainsKey(type) ? type
        : $"{contract.Service}.v{contract.Version}.{type}";

    // Null for what is a component.
    private OpenApiSchema? Plain(string type)
    {
        if (type.StartsWith(List, StringComparison.Ordinal))
            return new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(type[List.Length..], false) };
        if (type.StartsWith(Map, StringComparison.Ordinal))
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = Of(type[Map.Length..], false),
            };
        }

        return Values.GetValueOrDefault(type)?.Invoke();
    }

    private OpenApiSchemaReference Component(string type)
    {
        string id = NameOf(type);
        if (document.Components?.Schemas?.ContainsKey(id) != true)
        {
            TypeDescription described = contract.Types.Single(one => one.Name == type);
            // First a name alone: a type may hold itself.
            OpenApiSchema schema = new();
            document.AddComponent<IOpenApiSchema>(id, schema);
            OpenApiSchema whole =
                described.Values.Count > 0 ? OfValues(described.Values) : OfMembers(described.Members);
            (schema.Type, schema.Enum, schema.Properties, schema.Required) =
                (whole.Type, whole.Enum, whole.Properties, whole.Required);
        }

        return new OpenApiSchemaReference(id, document);
    }

    private OpenApiSchema OfMembers(IReadOnlyList<MemberDescription> members) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = members.ToDictionary(
            member => member.Name, member => Of(member.Type, member.MayBeNull), StringComparer.Ordinal),
        Required = members.Where(member => member.IsRequired).Select(member => member.Name)
            .ToHashSet(StringComparer.Ordinal),
    };

    private static OpenApiSchema OfValues(IReadOnlyList<string> values) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(value => (JsonNode)JsonValue.Create(value)!)],
    };

    private static OpenApiSchema Text(string? format) => new() { Type = JsonSchemaType.String, Format = format };

    private static OpenApiSchema Number(JsonSchemaType type, string format) => new() { Type = type, Format = format };
}
