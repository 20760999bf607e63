using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace Waybill.Services.Contracts;

/// <summary>
/// Which types may stand in contracts: values, read-only lists and maps, and unchangeable objects made for contracts.
/// Since nothing can be changed, a caller in the same process can be handed the very object.
/// </summary>
internal static class ContractTypes
{
    private static readonly HashSet<Type> Values =
    [
        typeof(string), typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float),
        typeof(double), typeof(decimal), typeof(Guid), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly),
        typeof(TimeSpan), typeof(Uri), typeof(ReadOnlyMemory<byte>),
    ];

    private static readonly HashSet<Type> Lists = [typeof(IReadOnlyList<>), typeof(ImmutableArray<>)];

    private static readonly HashSet<Type> Maps = [typeof(IReadOnlyDictionary<,>), typeof(ImmutableDictionary<,>)];

    public static IEnumerable<string> Faults(Type contract, Type type) => Faults(contract, type, []);

    public static bool MayBeNull(ParameterInfo parameter)
    {
        if (Nullable.GetUnderlyingType(parameter.ParameterType) is not null)
            return true;
        NullabilityInfo info = new NullabilityInfoContext().Create(parameter);
        NullabilityInfo value =
            info.GenericTypeArguments is [NullabilityInfo result] && parameter.Position < 0 ? result : info;
        return value.ReadState == NullabilityState.Nullable;
    }

    /// <summary>The value of a parameter that was left out; null when it has none.</summary>
    public static object? DefaultOf(ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue)
            return null;
        Type? nullable = Nullable.GetUnderlyingType(parameter.ParameterType);
        Type type = nullable ?? parameter.ParameterType;
        return parameter.DefaultValue switch
        {
            null when type.IsValueType && nullable is null => RuntimeHelpers.GetUninitializedObject(type),
            { } value when type.IsEnum => Enum.ToObject(type, value),
            var value => value,
        };
    }

    /// <summary>What the ticket of an asynchronous operation will bring; null for all other results.</summary>
    public static Type? TicketedType(Type? result) =>
        result is { IsGenericType: true } && result.GetGenericTypeDefinition() == typeof(Ticket<>)
            ? result.GetGenericArguments()[0]
            : null;

    public static bool IsValue(Type type) => Values.Contains(type) || type.IsEnum;

    /// <summary>What a list or a map holds; null for all other types.</summary>
    public static Type? HeldType(Type type) =>
        IsList(type) ? type.GetGenericArguments()[0] : IsMap(type) ? type.GetGenericArguments()[1] : null;

    public static bool IsList(Type type) => type.IsGenericType && Lists.Contains(type.GetGenericTypeDefinition());

    public static bool IsMap(Type type) =>
        type.IsGenericType && Maps.Contains(type.GetGenericTypeDefinition())
        && type.GetGenericArguments()[0] == typeof(string);

    private static IEnumerable<string> Faults(Type contract, Type type, HashSet<Type> seen)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(void) || !seen.Add(plain))
            return [];
        if (HeldType(plain) is { } held)
            return Faults(contract, held, seen);
        if (Values.Contains(plain) || (plain.IsEnum && IsOfContract(contract, plain)))
            return [];
        return NotAllowed(contract, plain) is { } fault ? [fault] : MemberFaults(contract, plain, seen);
    }

    private static string? NotAllowed(Type contract, Type type) =>
        type == typeof(DateTime) ? "DateTime leaves open which zone it means. Use DateTimeOffset."
        : type == typeof(byte[]) ? "byte[] can be changed after it was handed over. Use ReadOnlyMemory<byte>."
        : typeof(System.Collections.IDictionary).IsAssignableFrom(type)
            ? $"{type.Name} is no read-only map of strings. Use IReadOnlyDictionary<string, T>."
        : typeof(System.Collections.IEnumerable).IsAssignableFrom(type)
            ? $"{type.Name} is no read-only list. Use IReadOnlyList<T>."
        : type == typeof(object) || type.IsInterface || type.IsAbstract || type.IsPointer || type.IsGenericParameter
            ? $"{type.Name} does not say what is sent. Name the type."
        : !IsOfContract(contract, type)
            ? $"{type.FullName} stands outside of the contract's namespace {contract.Namespace}. Contract types are "
                + "the contract's own, or marked [ContractType]."
        : null;

    // What stands beside the contract belongs to it; the data model behind lives elsewhere and does not show.
    private static bool IsOfContract(Type contract, Type type) =>
        type.IsDefined(typeof(ContractTypeAttribute))
        || type.Namespace == contract.Namespace
        || (type.Namespace?.StartsWith($"{contract.Namespace}.", StringComparison.Ordinal) ?? false);

    private static IEnumerable<string> MemberFaults(Type contract, Type type, HashSet<Type> seen)
    {
        JsonTypeInfo json = ContractJson.Strict.GetTypeInfo(type);
        if (json.Kind != JsonTypeInfoKind.Object || json.PolymorphismOptions is not null)
        {
            yield return $"{type.Name} is written in a way of its own, which a description cannot show. Use a plain "
                + "record.";
            yield break;
        }

        foreach (JsonPropertyInfo property in json.Properties)
        {
            if (property.AttributeProvider is PropertyInfo { SetMethod.IsPublic: true } declared && !IsInit(declared))
                yield return $"{type.Name}.{declared.Name} can be set after it was handed over. Make it init.";
            if (property.AttributeProvider is FieldInfo { IsInitOnly: false } field)
                yield return $"{type.Name}.{field.Name} can be set after it was handed over. Make it a property.";
            foreach (string fault in Faults(contract, property.PropertyType, seen))
                yield return $"{type.Name}.{property.Name}: {fault}";
        }
    }

    private static bool IsInit(PropertyInfo property) =>
        property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
}
