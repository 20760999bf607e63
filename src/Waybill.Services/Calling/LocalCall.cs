using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>A call whose implementation is in the same process. It ends as it would over the network.</summary>
internal sealed class LocalCall(OperationContract operation, object implementation, string caller, TimeProvider time)
{
    /// <exception cref="RefusedException">The implementation says no.</exception>
    /// <exception cref="ServiceCallException">It failed.</exception>
    public async Task<object?> RunAsync(object?[] arguments, TimeSpan remaining, CancellationToken cancel)
    {
        using IDisposable scope = CallContext.Serve(operation.Service.Name, caller, remaining, time);
        try
        {
            // An implementation that ignores its token keeps nobody waiting.
            return await operation.Code.RunAsync(implementation, arguments, cancel).WaitAsync(cancel);
        }
        catch (Exception error) when (!IsAnswer(error, cancel))
        {
            throw new ServiceCallException(CallFailure.Failed, operation.Address, error.Message, error);
        }
    }

    private static bool IsAnswer(Exception error, CancellationToken cancel) =>
        error is RefusedException
        || (error is OperationCanceledException && cancel.IsCancellationRequested);
}
