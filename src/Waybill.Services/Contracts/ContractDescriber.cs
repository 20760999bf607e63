using System.Text.Json.Serialization.Metadata;

namespace Waybill.Services.Contracts;

/// <summary>Describes a contract as it is on the wire.</summary>
internal sealed class ContractDescriber(ServiceContract contract)
{
    private static readonly Dictionary<Type, string> ValueNames = new()
    {
        [typeof(string)] = "text",
        [typeof(bool)] = "boolean",
        [typeof(byte)] = "integer 8",
        [typeof(short)] = "integer 16",
        [typeof(int)] = "integer 32",
        [typeof(long)] = "integer 64",
        [typeof(float)] = "float 32",
        [typeof(double)] = "float 64",
        [typeof(decimal)] = "decimal",
        [typeof(Guid)] = "uuid",
        [typeof(DateTimeOffset)] = "instant",
        [typeof(DateOnly)] = "date",
        [typeof(TimeOnly)] = "time",
        [typeof(TimeSpan)] = "duration",
        [typeof(Uri)] = "uri",
        [typeof(ReadOnlyMemory<byte>)] = "bytes",
    };

    private readonly SortedDictionary<string, TypeDescription> types = new(StringComparer.Ordinal);

    public ContractDescription Describe()
    {
        OperationDescription[] operations =
            [.. contract.Operations.Select(Describe).OrderBy(operation => operation.Name, StringComparer.Ordinal)];
        return new ContractDescription(contract.Name, contract.Version, operations, [.. types.Values]);
    }

    private OperationDescription Describe(OperationContract operation)
    {
        Type? result = operation.TicketType ?? operation.ResultType;
        return new OperationDescription(
            operation.Name,
            operation.TicketType is not null,
            operation.Terms.Idempotent,
            operation.Terms.DeadlineMs,
            operation.Terms.LatencyMs,
            operation.Terms.Percentile,
            operation.Terms.Availability,
            [.. operation.Parameters.Select(Describe)],
            result is null ? null : NameOf(result),
            operation.MayBeNull);
    }

    private MemberDescription Describe(ParameterContract parameter) =>
        new(parameter.Name, NameOf(parameter.Type), !parameter.IsOptional, parameter.MayBeNull);

    private MemberDescription Describe(JsonPropertyInfo member) => new(
        member.Name,
        NameOf(member.PropertyType),
        member.IsRequired,
        member.IsSetNullable || Nullable.GetUnderlyingType(member.PropertyType) is not null);

    private string NameOf(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (ValueNames.TryGetValue(plain, out string? value))
            return value;
        if (ContractTypes.HeldType(plain) is { } held)
            return $"{(ContractTypes.IsList(plain) ? "list" : "map")} of {NameOf(held)}";
        string name = Shortened(plain);
        if (types.TryAdd(name, new TypeDescription(name, [], [])))
            types[name] = plain.IsEnum ? DescribeEnum(name, plain) : DescribeObject(name, plain);
        return name;
    }

    private TypeDescription DescribeObject(string name, Type type)
    {
        MemberDescription[] members =
        [
            .. ContractJson.Strict.GetTypeInfo(type).Properties.Select(Describe)
                .OrderBy(member => member.Name, StringComparer.Ordinal),
        ];
        return new TypeDescription(name, members, []);
    }

    private static TypeDescription DescribeEnum(string name, Type type) => new(
        name, [], [.. Enum.GetNames(type).Select(OperationNames.CamelCase).Order(StringComparer.Ordinal)]);

    // Moving a contract to another namespace changes nothing on the wire.
    private string Shortened(Type type)
    {
        string name = type.FullName!.Replace('+', '.');
        string own = $"{contract.Type.Namespace}.";
        return name.StartsWith(own, StringComparison.Ordinal) ? name[own.Length..] : name;
    }
}
