using System.Reflection;

namespace Waybill.Services.Contracts;

/// <summary>Reads an interface as a contract, and finds everything that is wrong with it.</summary>
internal static class ContractReader
{
    /// <exception cref="ContractException">With everything that is wrong.</exception>
    public static ServiceContract Read(Type type)
    {
        string[] faults = [.. Faults(type).Distinct()];
        return faults.Length == 0
            ? new ServiceContract(type, type.GetCustomAttribute<ServiceAttribute>()!, type.GetMethods())
            : throw new ContractException(type, faults);
    }

    private static IEnumerable<string> Faults(Type type)
    {
        if (!type.IsInterface || type.IsGenericType)
            return ["It is not an interface without type parameters. Declare the service as one."];
        MethodInfo[] methods = [.. type.GetMethods().Where(method => !method.IsSpecialName)];
        return
        [
            .. ServiceFaults(type),
            .. type.GetInterfaces().Select(other =>
                $"It inherits {other.Name}. Declare all operations in the one interface."),
            .. type.GetMembers()
                .Where(member => member is not MethodInfo && member.MemberType != MemberTypes.NestedType)
                .Select(member => $"{member.Name} is not a method. A contract has operations only."),
            .. methods.Length == 0 ? ["It has no operations. Declare at least one method."] : Array.Empty<string>(),
            .. methods.GroupBy(OperationContract.NameOf).Where(same => same.Count() > 1).Select(same =>
                $"{same.Count()} methods are operation \"{same.Key}\". Give them different names."),
            .. methods.SelectMany(method => OperationFaults(type, method)),
        ];
    }

    private static IEnumerable<string> ServiceFaults(Type type)
    {
        if (type.GetCustomAttribute<ServiceAttribute>() is not { } service)
        {
            yield return "It has no [Service] attribute. Name the service: [Service(\"inventory\", Version = 1)].";
            yield break;
        }

        if (!OperationNames.IsName(service.Name))
            yield return $"\"{service.Name}\" cannot be the name of a service: use 1 to 100 of the characters a-z, "
                + "0-9, '-' and '.'.";
        if (service.Version < 1)
            yield return $"Version {service.Version} is not a version. Count from 1.";
    }

    private static IEnumerable<string> OperationFaults(Type contract, MethodInfo method)
    {
        string name = method.Name;
        if (!OperationNames.IsName(OperationContract.NameOf(method)))
            yield return $"{name}: \"{OperationContract.NameOf(method)}\" cannot be the name of an operation: use 1 to "
                + "100 of the characters a-z, 0-9, '-' and '.'.";
        if (method.IsGenericMethod)
            yield return $"{name} has type parameters, which do not exist on the wire. Name the types.";
        if (!method.IsAbstract)
            yield return $"{name} has code in the interface. A contract only declares.";
        foreach (string fault in TermFaults(OperationContract.TermsOf(method)).Concat(ParameterFaults(method)))
            yield return $"{name}: {fault}";
        if (ResultOf(method) is not { } result)
        {
            yield return $"{name} returns {method.ReturnType.Name}. Return Task or Task<T>.";
            yield break;
        }

        IEnumerable<Type> types = method.IsGenericMethod
            ? []
            : method.GetParameters().Select(p => p.ParameterType).Where(t => t != typeof(CancellationToken))
                .Append(ContractTypes.TicketedType(result) ?? result);
        foreach (string fault in types.SelectMany(type => ContractTypes.Faults(contract, type)))
            yield return $"{name}: {fault}";
    }

    // Typeof(void) stands for a plain task.
    private static Type? ResultOf(MethodInfo method) =>
        method.ReturnType == typeof(Task) ? typeof(void)
        : method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)
            ? method.ReturnType.GetGenericArguments()[0]
            : null;

    private static IEnumerable<string> ParameterFaults(MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        foreach (ParameterInfo parameter in parameters.Where(parameter => parameter.ParameterType.IsByRef))
            yield return $"{parameter.Name} is passed by reference, which no wire can do. Return it instead.";
        if (parameters.SkipLast(1).Any(parameter => parameter.ParameterType == typeof(CancellationToken)))
            yield return "the cancellation token is not the last parameter. Take one, last.";
        foreach (IGrouping<string, ParameterInfo> same in parameters
            .GroupBy(parameter => OperationNames.CamelCase(parameter.Name!)).Where(same => same.Count() > 1))
            yield return $"{same.Count()} parameters are \"{same.Key}\" on the wire. Name them apart.";
    }

    private static IEnumerable<string> TermFaults(OperationAttribute terms)
    {
        if (terms.DeadlineMs < 1)
            yield return $"DeadlineMs must be at least 1, it is {terms.DeadlineMs}.";
        if (terms.LatencyMs < 0 || terms.LatencyMs > terms.DeadlineMs)
            yield return $"LatencyMs must be between 0 and DeadlineMs, it is {terms.LatencyMs}.";
        if (terms.Percentile is not (> 0 and < 100))
            yield return $"Percentile must be between 0 and 100, it is {terms.Percentile}.";
        if (terms.Availability is not (>= 0 and <= 100))
            yield return $"Availability must be between 0 and 100, it is {terms.Availability}.";
        if (terms.HedgeAfterMs < 0)
            yield return $"HedgeAfterMs cannot be negative, it is {terms.HedgeAfterMs}.";
        if (terms.HedgeAfterMs > 0 && !terms.Idempotent)
            yield return "HedgeAfterMs asks two endpoints, which only an idempotent operation bears. Declare "
                + "Idempotent, or do not hedge.";
    }
}
