using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Waybill.Services.Asynchronous;

namespace Waybill.Services.Contracts;

/// <summary>One operation of a checked contract.</summary>
internal sealed class OperationContract
{
    private static readonly OperationAttribute Defaults = new();

    public OperationContract(ServiceContract service, MethodInfo method)
    {
        Method = method;
        Terms = TermsOf(method);
        Name = NameOf(method);
        Address = $"{service.Address}/{Name}";
        Path = $"services/{service.Name}/v{service.Version}/{Name}";
        Service = service;
        Parameters =
        [
            .. method.GetParameters()
                .Where(parameter => parameter.ParameterType != typeof(CancellationToken))
                .Select(parameter => new ParameterContract(parameter)),
        ];
        TakesCancel = Parameters.Count < method.GetParameters().Length;
        ResultType = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null;
        MayBeNull = ResultType is not null && ContractTypes.MayBeNull(method.ReturnParameter);
        TicketType = ContractTypes.TicketedType(ResultType);
        ResultJson = ResultType is null || TicketType is not null
            ? null
            : ContractJson.Tolerant.GetTypeInfo(ResultType);
        Code = OperationCode.Of(this);
    }

    public ServiceContract Service { get; }

    public MethodInfo Method { get; }

    public string Name { get; }

    /// <summary>For people: <c>inventory:1/stock-of</c>.</summary>
    public string Address { get; }

    /// <summary>Below an endpoint's base address: <c>services/inventory/v1/stock-of</c>.</summary>
    public string Path { get; }

    /// <summary>What the contract says of it in a [Description]; its address when it says nothing.</summary>
    public string Summary => Method.GetCustomAttribute<DescriptionAttribute>()?.Description ?? Address;

    public OperationAttribute Terms { get; }

    public TimeSpan Deadline => TimeSpan.FromMilliseconds(Terms.DeadlineMs);

    /// <summary>In the order of the method; without the cancellation token, which comes last.</summary>
    public IReadOnlyList<ParameterContract> Parameters { get; }

    public bool TakesCancel { get; }

    /// <summary>Null when it answers with nothing.</summary>
    public Type? ResultType { get; }

    public bool MayBeNull { get; }

    /// <summary>What the ticket of an asynchronous operation will bring; null when it is synchronous.</summary>
    public Type? TicketType { get; }

    /// <summary>
    /// Whether each call over the network brings an idempotency key: a call that is sent again, because its answer was
    /// lost, would else start the work twice.
    /// </summary>
    public bool IsKeyed => TicketType is not null && !Terms.Idempotent;

    /// <summary>Null when it answers with nothing, or with a ticket.</summary>
    public JsonTypeInfo? ResultJson { get; }

    /// <summary>Whether it counts for what the service promises: what is asked of tickets waits on purpose.</summary>
    public bool IsMeasured => Service.Type != typeof(ITicketDesk);

    public OperationCode Code { get; }

    public static OperationAttribute TermsOf(MethodInfo method) =>
        method.GetCustomAttribute<OperationAttribute>() ?? Defaults;

    public static string NameOf(MethodInfo method) => TermsOf(method).Name ?? OperationNames.KebabCase(method.Name);

    public override string ToString() => Address;
}

/// <summary>One argument of an operation.</summary>
internal sealed class ParameterContract(ParameterInfo parameter)
{
    /// <summary>The name of its member in the body.</summary>
    public string Name { get; } = OperationNames.CamelCase(parameter.Name!);

    public Type Type { get; } = parameter.ParameterType;

    /// <summary>Whether null can be given.</summary>
    public bool MayBeNull { get; } = ContractTypes.MayBeNull(parameter);

    /// <summary>What is declared of nulls in it.</summary>
    public NullabilityInfo Nullability { get; } = new NullabilityInfoContext().Create(parameter);

    /// <summary>Whether it can be left out, for <see cref="Default"/>.</summary>
    public bool IsOptional { get; } = parameter.HasDefaultValue;

    public object? Default { get; } = ContractTypes.DefaultOf(parameter);

    public JsonTypeInfo Json { get; } = ContractJson.Strict.GetTypeInfo(parameter.ParameterType);
}
