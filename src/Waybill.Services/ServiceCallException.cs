namespace Waybill.Services;

/// <summary>A call got no answer. A service that says no throws <see cref="RefusedException"/> instead.</summary>
public sealed class ServiceCallException : Exception
{
    internal ServiceCallException(CallFailure failure, string call, string why, Exception? cause = null)
        : base($"The call of {call} {Words(failure)}: {why}", cause)
    {
        Failure = failure;
        Call = call;
    }

    /// <summary>In which way it failed.</summary>
    public CallFailure Failure { get; }

    /// <summary>Which operation was called: <c>inventory:1/stock-of</c>.</summary>
    public string Call { get; }

    private static string Words(CallFailure failure) => failure switch
    {
        CallFailure.Failed => "failed",
        CallFailure.Rejected => "was not taken",
        CallFailure.Unavailable => "reached nobody who could answer",
        CallFailure.DeadlinePassed => "ran out of time",
        _ => "was answered with something else than the contract says",
    };
}

/// <summary>In which way a call failed.</summary>
public enum CallFailure
{
    /// <summary>The implementation threw. Whether it took effect is unknown.</summary>
    Failed,

    /// <summary>
    /// The other side does not know the operation, could not read the arguments, or did not let the caller in.
    /// </summary>
    Rejected,

    /// <summary>No endpoint is known, none can be reached, or all have too much to do.</summary>
    Unavailable,

    /// <summary>The deadline passed. Whether it took effect is unknown.</summary>
    DeadlinePassed,

    /// <summary>The answer could not be read as the contract's result.</summary>
    BadAnswer,
}
