using Waybill.Services.Asynchronous;
using Waybill.Services.Contracts;
using Waybill.Services.Measuring;

namespace Waybill.Services.Calling;

/// <summary>A call whose implementation is in the same process. It ends as it would over the network.</summary>
internal sealed class LocalCall(
    OperationContract operation, object implementation, string caller, CallMeter meter, TimeProvider time)
{
    /// <exception cref="RefusedException">The implementation says no.</exception>
    /// <exception cref="ServiceCallException">It failed.</exception>
    public async Task<object?> RunAsync(object?[] arguments, TimeSpan remaining, CancellationToken cancel)
    {
        long begun = time.GetTimestamp();
        CallEnding ending = CallEnding.Failed;
        using IDisposable scope = CallContext.Serve(operation.Service.Address, caller, remaining, time);
        try
        {
            // An implementation that ignores its token keeps nobody waiting.
            object? result = await operation.Code.RunAsync(implementation, arguments, cancel).WaitAsync(cancel);
            if (operation.Code is ITicketCode tickets)
                TicketScope.Of(implementation.GetType()).Checked(operation, tickets.ReceiptOf(result!));
            ending = CallEnding.Answered;
            return result;
        }
        catch (RefusedException)
        {
            ending = CallEnding.Refused;
            throw;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            throw new ServiceCallException(CallFailure.Failed, operation.Address, error.Message, error);
        }
        finally
        {
            meter.Add(CallSide.Callee, caller, operation, time.GetElapsedTime(begun), ending);
        }
    }
}
