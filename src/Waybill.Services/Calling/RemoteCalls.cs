using System.Collections.Concurrent;
using System.Diagnostics;
using Polly;
using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>Carries calls to endpoints: chooses, attempts, and attempts again where the rules allow it.</summary>
internal sealed class RemoteCalls(Attempt attempt, EndpointBook book, Chance chance, TimeProvider time)
{
    private readonly ConcurrentDictionary<OperationContract, ResiliencePipeline<Answer>> rules = new();

    /// <exception cref="RefusedException">The service says no.</exception>
    /// <exception cref="ServiceCallException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<object?> CallAsync(RemoteCall call, CancellationToken cancel)
    {
        KnownService service = book.Of(call.Operation.Service);
        if (service.Endpoints.Count == 0)
            throw Unknown(call.Operation);
        service.CallBegan();
        if (service.Endpoints.All(endpoint => endpoint.IsBroken))
            throw LeftAlone(call.Operation);
        ResiliencePipeline<Answer> pipeline = rules.GetOrAdd(
            call.Operation, operation => new AttemptRules(operation, service, chance, time).Build());
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancel);
        AttemptRules.Attach(context, call);
        try
        {
            Answer answer = await pipeline.ExecuteAsync(
                static async (context, asked) =>
                    await asked.Calls.AskAsync(asked.Call, asked.Service, context.CancellationToken),
                context,
                (Calls: this, Call: call, Service: service));
            return answer.Error is null ? answer.Value : throw answer.Error;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
            Activity.Current?.SetTag("waybill.attempts", call.Attempts);
        }
    }

    private Task<Answer> AskAsync(RemoteCall call, KnownService service, CancellationToken cancel)
    {
        // Each attempt leaves time for those that may follow; attempts that run side by side have all that is left.
        int share = call.Operation.Terms is { Idempotent: true, HedgeAfterMs: 0 }
            ? Math.Max(1, AttemptRules.AttemptsMax - call.Attempts)
            : 1;
        TimeSpan limit = call.Remaining / share;
        Endpoint chosen = call.Begin(service.Endpoints, chance);
        return chosen.AskAsync(
            (endpoint, given) => attempt.RunAsync(call, endpoint.Address, limit, given),
            call.Operation.Address,
            cancel);
    }

    private static ServiceCallException LeftAlone(OperationContract operation) => new(
        CallFailure.Unavailable,
        operation.Address,
        "all endpoints have failed too often and are left alone for a while.");

    private static ServiceCallException Unknown(OperationContract operation) => new(
        CallFailure.Unavailable,
        operation.Address,
        $"no endpoint of {operation.Service} is known. Set Waybill:Services:Endpoints:{operation.Service.Name}, "
        + "register one, or map the service in this process.");
}
