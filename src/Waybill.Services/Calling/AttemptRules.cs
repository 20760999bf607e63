using Polly;
using Polly.Hedging;
using Polly.Retry;
using Waybill.Services.Contracts;

namespace Waybill.Services.Calling;

/// <summary>
/// When an operation's call is attempted again: after a failure of the endpoint, and, where the operation is hedged,
/// when no answer has come for a while. Only where the operation is idempotent or the call has a key, and only within
/// the budget.
/// </summary>
internal sealed class AttemptRules(OperationContract operation, KnownService service, Chance chance, TimeProvider time)
{
    public const int AttemptsMax = 3;

    private static readonly ResiliencePropertyKey<RemoteCall> Call = new("waybill.call");
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);

    public ResiliencePipeline<Answer> Build()
    {
        ResiliencePipelineBuilder<Answer> rules = new() { TimeProvider = time };
        if (operation.Terms.HedgeAfterMs > 0)
            rules.AddHedging(Hedging());
        else if (operation.Terms.Idempotent || operation.IsKeyed)
            rules.AddRetry(Retrying());
        return rules.Build();
    }

    public static void Attach(ResilienceContext context, RemoteCall call) => context.Properties.Set(Call, call);

    private RetryStrategyOptions<Answer> Retrying() => new()
    {
        MaxRetryAttempts = AttemptsMax - 1,
        ShouldHandle = args => ValueTask.FromResult(MayTryAgain(args.Outcome.Result, Of(args.Context))),
        DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Of(args.Context).NextDelay),
    };

    private HedgingStrategyOptions<Answer> Hedging() => new()
    {
        MaxHedgedAttempts = AttemptsMax - 1,
        Delay = TimeSpan.FromMilliseconds(operation.Terms.HedgeAfterMs),
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { MayBeRetried: true }),
        ActionGenerator = args => service.Budget.TryTake()
            ? () => args.Callback(args.ActionContext)
            : null,
    };

    // Asked after each attempt, the last one too, which must not use up the budget.
    private bool MayTryAgain(Answer? answer, RemoteCall call)
    {
        if (answer is not { MayBeRetried: true } || call.Attempts >= AttemptsMax)
            return false;
        // The key tells of what was done, or goes on. What the service itself calls failed, it would begin again.
        if (operation.IsKeyed && answer.Error is not ServiceCallException { Failure: CallFailure.Unavailable })
            return false;
        TimeSpan delay = FirstDelay * Math.Pow(2, call.Attempts - 1) * (0.5 + (chance.Share() / 2));
        // An endpoint that asks for time gets it; where there is another, that one is asked meanwhile.
        bool isSameElsewhere = answer.Verdict == Verdict.Underway || !call.HasUntried(service.Endpoints);
        if (answer.RetryAfter is { } wanted && wanted > delay && isSameElsewhere)
            delay = wanted;
        call.NextDelay = delay;
        return delay < call.Remaining && service.Budget.TryTake();
    }

    private static RemoteCall Of(ResilienceContext context) => context.Properties.GetValue(Call, null!);
}
