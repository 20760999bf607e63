using System.Diagnostics;
using Waybill.Services.Contracts;
using Waybill.Services.Measuring;

namespace Waybill.Services.Calling;

/// <summary>
/// The one path of all calls: deadline, span, then the implementation in this process or an endpoint.
/// </summary>
internal sealed class CallPath(
    LocalServices local, RemoteCalls remote, CallMeter meter, ServicesOptions options, TimeProvider time)
{
    public Task<object?> CallAsync(OperationContract operation, object?[] arguments, CancellationToken cancel) =>
        CallContext.Current?.Page is { } page
            ? page.CallAsync(operation, arguments, given => CallAloneAsync(operation, arguments, given), cancel)
            : CallAloneAsync(operation, arguments, cancel);

    private async Task<object?> CallAloneAsync(
        OperationContract operation, object?[] arguments, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        string caller = CallContext.Current?.Service ?? options.Name;
        long begun = time.GetTimestamp();
        CallEnding ending = CallEnding.Answered;
        try
        {
            return await CallAsync(operation, arguments, caller, cancel);
        }
        catch (RefusedException)
        {
            ending = CallEnding.Refused;
            throw;
        }
        catch (ServiceCallException error)
        {
            ending = error.Failure == CallFailure.Rejected ? CallEnding.Refused : CallEnding.Failed;
            throw;
        }
        catch (OperationCanceledException)
        {
            // The caller itself gave up: nobody's promise was kept or broken.
            ending = CallEnding.Refused;
            throw;
        }
        finally
        {
            meter.Add(CallSide.Caller, caller, operation, time.GetElapsedTime(begun), ending);
        }
    }

    private async Task<object?> CallAsync(
        OperationContract operation, object?[] arguments, string caller, CancellationToken cancel)
    {
        TimeSpan remaining = CallContext.Shortened(operation.Deadline);
        using Activity? span = ServiceTracing.Source.StartActivity(operation.Address, ActivityKind.Client);
        using CancellationTokenSource deadline = new(remaining, time);
        using CancellationTokenSource given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            if (remaining <= TimeSpan.Zero)
                throw new OperationCanceledException();
            return local.Find(operation.Service) is { } implementation
                ? await new LocalCall(operation, implementation, caller, meter, time)
                    .RunAsync(arguments, remaining, given.Token)
                : await remote.CallAsync(new RemoteCall(operation, arguments, caller, remaining, time), given.Token);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            span?.SetStatus(ActivityStatusCode.Error, "deadline passed");
            throw new ServiceCallException(
                CallFailure.DeadlinePassed,
                operation.Address,
                $"there were {remaining.TotalMilliseconds:0} ms.",
                error);
        }
        catch (ServiceCallException error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Failure.ToString());
            throw;
        }
    }
}
