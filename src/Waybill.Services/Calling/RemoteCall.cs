using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>One call that goes over the network, its arguments written once for all attempts.</summary>
internal sealed class RemoteCall(
    OperationContract operation, object?[] arguments, string caller, TimeSpan remaining)
{
    public OperationContract Operation { get; } = operation;

    public string Caller { get; } = caller;

    /// <summary>What was left when the call began.</summary>
    public TimeSpan Remaining { get; } = remaining;

    public ReadOnlyMemory<byte> Body { get; } = ArgumentsJson.Write(operation, arguments);
}
