using Microsoft.AspNetCore.Http;
using Waybill.Services.Contracts;
using Waybill.Services.Http;
using Waybill.Services.Measuring;

namespace Waybill.Services.Serving;

/// <summary>An answer that is no result, after RFC 9457. It tells nothing of the code or the data behind.</summary>
internal sealed record Problem(int Status, string Type, string Title, string Detail)
{
    /// <summary>Of a refusal.</summary>
    public string? Code { get; private init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>What it says about the operation's promise: what a client did wrong breaks none.</summary>
    public CallEnding Ending =>
        Status >= 500 || (Type == ProblemTypes.DeadlinePassed && !HasCallerLeft)
            ? CallEnding.Failed
            : CallEnding.Refused;

    private bool HasCallerLeft { get; init; }

    public static Problem Of(ProblemException problem) =>
        new(problem.Type.Status, problem.Type.Uri, problem.Type.Title, problem.Message)
        {
            RetryAfter = problem.RetryAfter,
        };

    public static Problem Refused(RefusedException refusal) =>
        new(422, ProblemTypes.Refused, "Refused", refusal.Message) { Code = refusal.Code };

    public static Problem BadArguments(string why) =>
        new(400, ProblemTypes.BadArguments, "The arguments cannot be read", why);

    public static Problem BadDeadline() => BadArguments(
        $"The header {Calling.WireHeaders.Deadline} must be a whole number of milliseconds.");

    public static Problem BodyTooLarge(int max) => new(
        413, ProblemTypes.BodyTooLarge, "The arguments are too large", $"A body has at most {max} bytes. Send less.");

    public static Problem DeadlinePassed(OperationContract operation) => new(
        408,
        ProblemTypes.DeadlinePassed,
        "The deadline has passed",
        $"The time that was given to {operation} ran out. Whether it took effect is unknown.");

    public static Problem CallerLeft() => new(
        408, ProblemTypes.DeadlinePassed, "The caller has left", "The connection was closed before the call ended.")
    {
        HasCallerLeft = true,
    };

    public static Problem Overloaded(OperationContract operation) => new(
        503,
        ProblemTypes.Overloaded,
        "Too much to do",
        $"{operation.Service} has as many calls waiting as it takes. Nothing was done. Try again later.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static Problem OperationFailed(OperationContract operation) => new(
        500,
        ProblemTypes.OperationFailed,
        "The operation failed",
        $"{operation} failed by a fault of its own. Tell its operators the trace id.");

    public static Problem DependencyFailed(OperationContract operation) => new(
        500,
        ProblemTypes.DependencyFailed,
        "A service that is needed failed",
        $"{operation} needs another service, which gave no answer. Tell its operators the trace id.");

    /// <summary>
    /// Writes it, unless an answer has begun: then the connection is broken off, so that nobody takes it as whole.
    /// </summary>
    public Task WriteAsync(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        ProblemType kind = new(Type[ProblemTypes.Prefix.Length..], Status, Title);
        return Problems.WriteAsync(
            http, new ProblemException(kind, Detail) { Code = Code, RetryAfter = RetryAfter });
    }
}
