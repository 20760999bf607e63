using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Serialization;

/// <summary>
/// Carries members that this version of the code does not know from the data that it read to the data that it writes,
/// at every depth. An item of a list is matched with the read item that has the same known members, else, when the
/// list kept its length, with the item at the same place; what finds no match is new and carries nothing.
/// </summary>
internal static class UnknownMembers
{
    /// <param name="read">The JSON that was read as the contract's type.</param>
    /// <param name="written">The JSON that the same contract wrote.</param>
    /// <param name="contract">The type's contract.</param>
    public static byte[] Carry(ReadOnlyMemory<byte> read, byte[] written, JsonTypeInfo contract)
    {
        JsonNode? from = JsonNode.Parse(read.Span);
        JsonNode? to = JsonNode.Parse(written);
        Carry(from, to, contract);
        return JsonSerializer.SerializeToUtf8Bytes(to);
    }

    /// <summary>
    /// Where members stand that the contract does not know, for example <c>lines[].colour</c>; each place once.
    /// </summary>
    /// <param name="json">JSON that can be read as the contract's type; empty for none.</param>
    /// <param name="contract">The type's contract.</param>
    public static IReadOnlyCollection<string> PathsIn(ReadOnlySpan<byte> json, JsonTypeInfo contract)
    {
        HashSet<string> paths = [];
        if (!json.IsEmpty)
            Find(JsonNode.Parse(json), contract, "", paths);
        return paths;
    }

    private static void Find(JsonNode? node, JsonTypeInfo declared, string path, HashSet<string> paths)
    {
        JsonTypeInfo contract = Actual(node, declared);
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object when node is JsonObject members:
                Dictionary<string, JsonPropertyInfo> known = KnownMembers(contract);
                foreach ((string name, JsonNode? value) in members)
                {
                    string at = path.Length == 0 ? name : $"{path}.{name}";
                    if (known.TryGetValue(name, out JsonPropertyInfo? property))
                        Find(value, contract.Options.GetTypeInfo(property.PropertyType), at, paths);
                    else if (!KeepsAll(contract) && name != declared.PolymorphismOptions?.TypeDiscriminatorPropertyName)
                        paths.Add(at);
                }

                break;
            case JsonTypeInfoKind.Dictionary when node is JsonObject values:
                foreach ((string key, JsonNode? value) in values)
                    Find(value, ElementContract(contract), $"{path}.{key}", paths);
                break;
            case JsonTypeInfoKind.Enumerable when node is JsonArray items:
                foreach (JsonNode? item in items)
                    Find(item, ElementContract(contract), $"{path}[]", paths);
                break;
        }
    }

    private static void Carry(JsonNode? from, JsonNode? to, JsonTypeInfo declared)
    {
        JsonTypeInfo contract = Actual(to, declared);
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object when from is JsonObject fromObject && to is JsonObject toObject:
                CarryMembers(fromObject, toObject, contract);
                break;
            case JsonTypeInfoKind.Dictionary when from is JsonObject fromObject && to is JsonObject toObject:
                JsonTypeInfo value = ElementContract(contract);
                foreach ((string key, JsonNode? item) in toObject)
                    Carry(fromObject[key], item, value);
                break;
            case JsonTypeInfoKind.Enumerable when from is JsonArray fromArray && to is JsonArray toArray:
                CarryItems(fromArray, toArray, ElementContract(contract));
                break;
        }
    }

    private static void CarryMembers(JsonObject from, JsonObject to, JsonTypeInfo contract)
    {
        if (KeepsAll(contract))
            return;
        Dictionary<string, JsonPropertyInfo> known = KnownMembers(contract);
        foreach ((string name, JsonNode? value) in from)
        {
            if (known.TryGetValue(name, out JsonPropertyInfo? property))
                Carry(value, to[property.Name], contract.Options.GetTypeInfo(property.PropertyType));
            else if (!to.ContainsKey(name))
                to[name] = value?.DeepClone();
        }
    }

    // A type with extension data keeps its unknown members itself.
    private static bool KeepsAll(JsonTypeInfo contract) =>
        contract.Properties.Any(property => property.IsExtensionData);

    private static Dictionary<string, JsonPropertyInfo> KnownMembers(JsonTypeInfo contract)
    {
        StringComparer names = contract.Options.PropertyNameCaseInsensitive
            ? StringComparer.OrdinalIgnoreCase
            : StringComparer.Ordinal;
        Dictionary<string, JsonPropertyInfo> known = new(names);
        foreach (JsonPropertyInfo property in contract.Properties)
            known.TryAdd(property.Name, property);
        return known;
    }

    private static void CarryItems(JsonArray from, JsonArray to, JsonTypeInfo item)
    {
        bool[] isTaken = new bool[from.Count];
        List<int> changed = [];
        for (int i = 0; i < to.Count; i++)
        {
            int same = FindSame(from, isTaken, to[i], item);
            if (same < 0)
            {
                changed.Add(i);
                continue;
            }

            isTaken[same] = true;
            Carry(from[same], to[i], item);
        }

        if (from.Count != to.Count)
            return;
        foreach (int i in changed.Where(i => !isTaken[i]))
            Carry(from[i], to[i], item);
    }

    private static int FindSame(JsonArray from, bool[] isTaken, JsonNode? written, JsonTypeInfo item)
    {
        for (int i = 0; written is not null && i < from.Count; i++)
        {
            if (!isTaken[i] && from[i] is { } read && IsCarriedBy(read, written, item))
                return i;
        }

        return -1;
    }

    /// <summary>Whether carrying changes nothing that the type knows: the two have the same known members.</summary>
    private static bool IsCarriedBy(JsonNode read, JsonNode written, JsonTypeInfo contract)
    {
        JsonNode carried = written.DeepClone();
        Carry(read, carried, contract);
        return JsonNode.DeepEquals(carried, read);
    }

    /// <summary>
    /// The contract of the derived type that the written object names, where the declared type has such.
    /// </summary>
    public static JsonTypeInfo Actual(JsonNode? written, JsonTypeInfo declared)
    {
        if (declared.PolymorphismOptions is not { } options || written is not JsonObject members)
            return declared;
        string? discriminator = members[options.TypeDiscriminatorPropertyName]?.ToString();
        Type? derived = options.DerivedTypes
            .FirstOrDefault(type => type.TypeDiscriminator?.ToString() == discriminator)
            .DerivedType;
        return derived is null || derived == declared.Type ? declared : declared.Options.GetTypeInfo(derived);
    }

    private static JsonTypeInfo ElementContract(JsonTypeInfo contract) =>
        contract.Options.GetTypeInfo(contract.ElementType ?? typeof(object));
}
