using System.Collections.Concurrent;
using System.Reflection;
using Waybill.Services.Asynchronous;

namespace Waybill.Services.Contracts;

/// <summary>A checked contract: what its interface says, read once.</summary>
internal sealed class ServiceContract
{
    private static readonly ConcurrentDictionary<Type, ServiceContract> Read = new();

    private readonly Dictionary<MethodInfo, OperationContract> byMethod;

    public ServiceContract(Type type, ServiceAttribute service, IEnumerable<MethodInfo> methods)
    {
        Type = type;
        Name = service.Name;
        Version = service.Version;
        Address = $"{Name}:{Version}";
        Operations = [.. methods.Select(method => new OperationContract(this, method))];
        byMethod = Operations.ToDictionary(operation => operation.Method);
        Tickets = Operations.Any(operation => operation.TicketType is not null)
            ? new ServiceContract(typeof(ITicketDesk), service, typeof(ITicketDesk).GetMethods())
            : null;
    }

    public Type Type { get; }

    public string Name { get; }

    public int Version { get; }

    /// <summary>Name and version: <c>inventory:1</c>.</summary>
    public string Address { get; }

    public IReadOnlyList<OperationContract> Operations { get; }

    /// <summary>
    /// What it can be asked of its tickets, at the same addresses; null when it has no asynchronous operations.
    /// </summary>
    public ServiceContract? Tickets { get; }

    /// <exception cref="ContractException">With everything that is wrong.</exception>
    public static ServiceContract Of(Type type) => Read.GetOrAdd(type, ContractReader.Read);

    public OperationContract Operation(MethodInfo method) => byMethod[method];

    public override string ToString() => Address;
}
