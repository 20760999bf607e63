using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Serialization;

/// <summary>
/// Nulls in lists and maps that are declared without them: the serializer looks at members, not at what is in them.
/// </summary>
public static class NullItems
{
    /// <summary>
    /// Has objects refused (<see cref="JsonException"/>) whose lists or maps hold nulls against their declaration; a
    /// modifier for <see cref="DefaultJsonTypeInfoResolver"/>.
    /// </summary>
    /// <param name="contract">The type.</param>
    public static void RefuseIn(JsonTypeInfo contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        if (contract.Kind != JsonTypeInfoKind.Object)
            return;
        (string Name, Func<object, object?> Get, NullabilityInfo Declared)[] held =
        [
            .. from member in contract.Properties
               where member.Get is not null && !member.IsExtensionData
               let declared = DeclarationOf(member)
               where declared is not null && ItemOf(declared) is not null
               select (member.Name, member.Get, declared),
        ];
        if (held.Length == 0)
            return;
        contract.OnDeserialized += read =>
        {
            foreach ((string name, Func<object, object?> get, NullabilityInfo declared) in held)
            {
                if (AreIn(get(read), declared))
                    throw new JsonException($"Member \"{name}\" holds null; leave the item out.");
            }
        };
    }

    /// <summary>Whether there are nulls in a list or map, however deep, that its declaration does not allow.</summary>
    /// <param name="value">What was read.</param>
    /// <param name="declared">What is declared of it.</param>
    public static bool AreIn(object? value, NullabilityInfo declared)
    {
        ArgumentNullException.ThrowIfNull(declared);
        if (ItemOf(declared) is not { } item || value is null || IsUnset(value))
            return false;
        bool mayBeNull = item.ReadState == NullabilityState.Nullable
            || Nullable.GetUnderlyingType(item.Type) is not null;
        return ItemsOf(value).Any(one => one is null ? !mayBeNull : AreIn(one, item));
    }

    /// <summary>Whether there are nulls in a list or map of which nothing is declared.</summary>
    /// <param name="value">What was read.</param>
    public static bool AreIn(object? value) =>
        value is IEnumerable and not (string or JsonNode) && !IsUnset(value) && ItemsOf(value).Contains(null);

    private static NullabilityInfo? DeclarationOf(JsonPropertyInfo member) => member.AttributeProvider switch
    {
        PropertyInfo property => new NullabilityInfoContext().Create(property),
        FieldInfo field => new NullabilityInfoContext().Create(field),
        _ => null,
    };

    /// <summary>What is declared of the items; null when it is no list or map, or they cannot be null.</summary>
    private static NullabilityInfo? ItemOf(NullabilityInfo declared)
    {
        Type type = Nullable.GetUnderlyingType(declared.Type) ?? declared.Type;
        if (type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type)
            || typeof(JsonNode).IsAssignableFrom(type))
            return null;
        NullabilityInfo? item = declared.ElementType ?? declared.GenericTypeArguments.LastOrDefault();
        return item is null || (item.Type.IsPrimitive || item.Type == typeof(Guid)) ? null : item;
    }

    private static IEnumerable<object?> ItemsOf(object value) =>
        (value is IDictionary map ? map.Values : (IEnumerable)value).Cast<object?>();

    // An immutable array that was left out is not empty: it cannot be looked into at all.
    private static bool IsUnset(object value) =>
        value.GetType().IsValueType && value.Equals(RuntimeHelpers.GetUninitializedObject(value.GetType()));
}
