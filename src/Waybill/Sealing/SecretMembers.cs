using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Waybill.Serialization;

namespace Waybill.Sealing;

/// <summary>
/// Encrypts and decrypts the declared members of JSON, found by its type's contract at every depth. Each is bound to
/// its path, in which all items of a list are one.
/// </summary>
internal sealed class SecretMembers(IReadOnlyList<MemberInfo> declared, Seal seal)
{
    private readonly ConcurrentDictionary<Type, bool> holders = new();

    /// <summary>Whether a member of this type, at any depth, is secret.</summary>
    public bool AreIn(JsonTypeInfo contract) =>
        holders.GetOrAdd(contract.Type, (_, start) => Reached(start).Any(HasOwn), contract);

    /// <summary>JSON as it is stored.</summary>
    /// <param name="plain">JSON as code has it.</param>
    /// <param name="before">
    /// What was stored before, or nothing: a secret that has not changed stays as it is, if its key is the current one.
    /// </param>
    /// <param name="contract">The type's contract.</param>
    public byte[] Close(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> before, JsonTypeInfo contract) =>
        CloseBy(plain, before, contract, Closed);

    /// <summary>As <see cref="Close"/>, for JSON that a person changed, who sees masks in place of secrets.</summary>
    /// <inheritdoc cref="Close"/>
    /// <exception cref="RouteException">A secret would be replaced by the mask.</exception>
    public byte[] CloseEdited(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> before, JsonTypeInfo contract) =>
        CloseBy(plain, before, contract, ClosedUnlessMasked);

    /// <summary>JSON as code has it. What was stored before its member was declared secret is left as it is.</summary>
    /// <param name="stored">JSON as it is stored.</param>
    /// <param name="contract">The type's contract.</param>
    /// <exception cref="RouteException">A secret cannot be decrypted.</exception>
    public byte[] Open(ReadOnlySpan<byte> stored, JsonTypeInfo contract)
    {
        JsonNode? node = JsonNode.Parse(stored);
        Walk(node, null, contract, "", (value, _, path) => Opened(value, path));
        return JsonSerializer.SerializeToUtf8Bytes(node);
    }

    /// <summary>Whether a member of a contract is that of a type.</summary>
    public static bool IsMember(JsonPropertyInfo property, MemberInfo member) =>
        property.AttributeProvider is MemberInfo written && written.Name == member.Name;

    private byte[] CloseBy(
        ReadOnlySpan<byte> plain, ReadOnlySpan<byte> before, JsonTypeInfo contract,
        Func<JsonNode, JsonNode?, string, JsonNode?> close)
    {
        JsonNode? node = JsonNode.Parse(plain);
        Walk(node, before.IsEmpty ? null : JsonNode.Parse(before), contract, "", close);
        return JsonSerializer.SerializeToUtf8Bytes(node);
    }

    private JsonNode ClosedUnlessMasked(JsonNode value, JsonNode? before, string path)
    {
        bool isMask = value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == SealedText.Mask;
        bool isAsBefore = isMask && SealedText.Of(before) is { } kept
            && IsSame(kept, JsonSerializer.SerializeToUtf8Bytes(value), path);
        return isMask && !isAsBefore
            ? throw new RouteException(
                RouteException.SecretMasked,
                $"\"{path}\" is secret, and \"{SealedText.Mask}\" only stands for it in what is shown. Leave the "
                + "member out to keep it as it is, or give its new value.")
            : Closed(value, before, path);
    }

    private JsonNode Closed(JsonNode value, JsonNode? before, string path)
    {
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes(value);
        return SealedText.Of(before) is { } kept && seal.IsCurrent(kept) && IsSame(kept, plain, path)
            ? before!.DeepClone()
            : JsonValue.Create(seal.Close(plain, path));
    }

    private bool IsSame(string kept, byte[] plain, string path)
    {
        try
        {
            return seal.Open(kept, path).AsSpan().SequenceEqual(plain);
        }
        catch (RouteException)
        {
            // What cannot be read is replaced.
            return false;
        }
    }

    private JsonNode? Opened(JsonNode value, string path) =>
        SealedText.Of(value) is { } text ? JsonNode.Parse(seal.Open(text, path)) : value;

    private void Walk(
        JsonNode? node, JsonNode? before, JsonTypeInfo declaredType, string path,
        Func<JsonNode, JsonNode?, string, JsonNode?> change)
    {
        if (node is null or JsonValue || !AreIn(declaredType))
            return;
        JsonTypeInfo contract = UnknownMembers.Actual(node, declaredType);
        switch (node)
        {
            case JsonObject members when contract.Kind == JsonTypeInfoKind.Object:
                WalkMembers(members, before as JsonObject, contract, path, change);
                break;
            case JsonObject entries when contract.Kind == JsonTypeInfoKind.Dictionary:
                foreach ((string key, JsonNode? value) in entries)
                    Walk(value, (before as JsonObject)?[key], ItemOf(contract), Below(path, key), change);
                break;
            case JsonArray items when contract.Kind == JsonTypeInfoKind.Enumerable:
                JsonArray? old = before as JsonArray;
                for (int i = 0; i < items.Count; i++)
                    Walk(items[i], i < old?.Count ? old[i] : null, ItemOf(contract), path, change);
                break;
        }
    }

    private void WalkMembers(
        JsonObject members, JsonObject? before, JsonTypeInfo contract, string path,
        Func<JsonNode, JsonNode?, string, JsonNode?> change)
    {
        foreach (JsonPropertyInfo property in contract.Properties)
        {
            if (NameIn(members, property) is not { } name || members[name] is not { } value)
                continue;
            string below = Below(path, property.Name);
            if (IsSecret(contract, property))
            {
                members[name] = null;
                members[name] = change(value, before?[property.Name], below);
            }
            else
            {
                Walk(
                    value, before?[property.Name], contract.Options.GetTypeInfo(property.PropertyType), below, change);
            }
        }
    }

    private static string? NameIn(JsonObject members, JsonPropertyInfo property) =>
        members.ContainsKey(property.Name) || !property.Options.PropertyNameCaseInsensitive
            ? property.Name
            : members.Select(member => member.Key).FirstOrDefault(name =>
                name.Equals(property.Name, StringComparison.OrdinalIgnoreCase));

    private bool HasOwn(JsonTypeInfo contract) => contract.Properties.Any(property => IsSecret(contract, property));

    private bool IsSecret(JsonTypeInfo contract, JsonPropertyInfo property) => declared.Any(member =>
        member.DeclaringType!.IsAssignableFrom(contract.Type) && IsMember(property, member));

    private static IEnumerable<JsonTypeInfo> Reached(JsonTypeInfo start)
    {
        HashSet<Type> seen = [start.Type];
        Stack<JsonTypeInfo> open = new([start]);
        while (open.TryPop(out JsonTypeInfo? contract))
        {
            yield return contract;
            IEnumerable<Type?> next = contract.Properties.Select(property => (Type?)property.PropertyType)
                .Append(contract.ElementType)
                .Concat(contract.PolymorphismOptions?.DerivedTypes.Select(derived => (Type?)derived.DerivedType) ?? []);
            foreach (Type type in next.OfType<Type>().Where(seen.Add))
                open.Push(contract.Options.GetTypeInfo(type));
        }
    }

    private static JsonTypeInfo ItemOf(JsonTypeInfo contract) =>
        contract.Options.GetTypeInfo(contract.ElementType ?? typeof(object));

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
