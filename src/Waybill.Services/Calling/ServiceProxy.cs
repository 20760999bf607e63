using System.Reflection;
using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>Makes each method of a contract a call on the one path.</summary>
internal class ServiceProxy : DispatchProxy
{
    private ServiceContract? contract;
    private CallPath? path;

    public static TContract Create<TContract>(CallPath path)
        where TContract : class => Create<TContract>(path, ServiceContract.Of(typeof(TContract)));

    public static TContract Create<TContract>(CallPath path, ServiceContract contract)
        where TContract : class
    {
        TContract client = Create<TContract, ServiceProxy>();
        ServiceProxy proxy = (ServiceProxy)(object)client;
        proxy.contract = contract;
        proxy.path = path;
        return client;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        OperationContract operation = contract!.Operation(targetMethod!);
        object?[] arguments = args ?? [];
        CancellationToken cancel = default;
        if (operation.TakesCancel)
        {
            cancel = (CancellationToken)arguments[^1]!;
            arguments = arguments[..^1];
        }

        return operation.Code.AsTypedAsync(path!.CallAsync(operation, arguments, cancel));
    }
}
