using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>Carries calls to endpoints.</summary>
internal sealed class RemoteCalls(Attempt attempt, ConfiguredEndpoints endpoints)
{
    /// <exception cref="RefusedException">The service says no.</exception>
    /// <exception cref="ServiceCallException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<object?> CallAsync(RemoteCall call, CancellationToken cancel)
    {
        IReadOnlyList<Uri> known = endpoints.Of(call.Operation.Service);
        if (known.Count == 0)
            throw Unknown(call.Operation);
        Answer answer = await attempt.RunAsync(call, known[0], call.Remaining, cancel);
        return answer.Error is null ? answer.Value : throw answer.Error;
    }

    private static ServiceCallException Unknown(OperationContract operation) => new(
        CallFailure.Unavailable,
        operation.Address,
        $"no endpoint of {operation.Service} is known. Set Waybill:Services:Endpoints:{operation.Service.Name}, "
        + "register one, or map the service in this process.");
}
