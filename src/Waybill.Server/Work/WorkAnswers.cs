using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Services.Http;
using Waybill.Stores;

namespace Waybill.Server.Work;

/// <summary>What a claim brings; nothing when nothing came in time.</summary>
internal sealed record ClaimAnswer(IReadOnlyList<WorkAnswer> Work);

/// <summary>An element on a lease.</summary>
/// <param name="Lease">The token of this run.</param>
/// <param name="LeaseMs">How long the lease lasts, in milliseconds.</param>
/// <param name="RunMs">How long the run may take in all, in milliseconds.</param>
/// <param name="Id">The element's id.</param>
/// <param name="Key">Its business key.</param>
/// <param name="Workflow">The workflow.</param>
/// <param name="Version">The workflow's version.</param>
/// <param name="Node">The node.</param>
/// <param name="Hop">How often it has moved.</param>
/// <param name="Attempt">Which run at this node this is, from 1.</param>
/// <param name="IdempotencyKey">The same for every run at this node until the element moves on.</param>
/// <param name="Traceparent">The trace that the run belongs to (W3C Trace Context).</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="CancelRequested">Whether a cancel was requested while it waited for replies.</param>
/// <param name="Data">What it carries.</param>
/// <param name="Caller">The element that called it.</param>
/// <param name="Failure">Why it came here, when it came along a failure route; without its stack.</param>
/// <param name="Replies">What came back from calls, or a signal's payload.</param>
/// <param name="TimedOut">Whether its wait for a signal ran out.</param>
internal sealed record WorkAnswer(
    string Lease, long LeaseMs, long RunMs, Guid Id, string Key, string Workflow, int Version, string Node, int Hop,
    int Attempt, string IdempotencyKey, string? Traceparent, DateTimeOffset AcceptedAt, bool CancelRequested,
    JsonElement? Data, Guid? Caller, Failure? Failure, IReadOnlyList<ReplyAnswer> Replies, bool TimedOut)
{
    public static WorkAnswer Of(RemoteWork work) => new(
        work.Lease, (long)work.LeaseFor.TotalMilliseconds, (long)work.RunFor.TotalMilliseconds, work.Id.Value,
        work.BusinessKey, work.Node.Workflow, work.Node.Version, work.Node.Node, work.Hop, work.Attempt,
        work.IdempotencyKey, work.Trace, work.AcceptedAt, work.CancelRequested, Answer.Data(work.Data),
        work.Caller?.Value,
        work.Failure is { } failure ? failure with { Stack = null } : null,
        [.. work.Replies.Select(ReplyAnswer.Of)], work.TimedOut);
}

/// <summary>What came back from one call.</summary>
/// <param name="Call">Which of the calls, from 0; 0 for a signal.</param>
/// <param name="Ending">How it ended.</param>
/// <param name="Result">The result of one that finished.</param>
/// <param name="Reason">Why another did not.</param>
internal sealed record ReplyAnswer(int Call, Ending Ending, JsonElement? Result, string? Reason)
{
    public static ReplyAnswer Of(Reply reply) =>
        new(reply.Slot, reply.Ending, Answer.Data(reply.Value), reply.Reason);
}

/// <summary>One result for each lease, in their order.</summary>
internal sealed record WorkResults(IReadOnlyList<WorkResult> Results);

/// <summary>What became of one lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="LeaseMs">How long it lasts now, in milliseconds, when it was extended.</param>
/// <param name="Problem">What is wrong, when nothing happened by it.</param>
internal sealed record WorkResult(string Lease, WorkOutcome Outcome, long? LeaseMs = null, WorkProblem? Problem = null)
{
    private static readonly ProblemType RouteRefused = new("route-refused", 422, "The route cannot be carried out");
    private static readonly ProblemType OfAnother = new("lease-elsewhere", 421, "Another process gave the lease");
    private static readonly ProblemType LeaseLost = new("lease-lost", 409, "The lease is lost");

    public static WorkResult OfHeartbeat(string lease, TimeSpan? left, bool isOfAnother) => left is { } span
        ? new WorkResult(lease, WorkOutcome.Extended, (long)span.TotalMilliseconds)
        : isOfAnother ? Elsewhere(lease, "Another process gave this lease. Send it again, so that it reaches that one.")
        : Lost(lease, "The lease has lapsed or was answered for. Drop the work: whoever claims it next does it.");

    public static WorkResult Of(string lease, RemoteAnswer answer) => answer.Outcome switch
    {
        RemoteOutcome.Committed => new WorkResult(lease, WorkOutcome.Committed),
        RemoteOutcome.Cancelled => new WorkResult(lease, WorkOutcome.Cancelled),
        RemoteOutcome.Failed => new WorkResult(lease, WorkOutcome.Failed),
        RemoteOutcome.Refused => new WorkResult(
            lease, WorkOutcome.Refused, Problem: WorkProblem.Of(RouteRefused, answer.Reason!, answer.Code)),
        RemoteOutcome.Elsewhere => Elsewhere(lease, answer.Reason!),
        _ => Lost(lease, answer.Reason!),
    };

    private static WorkResult Elsewhere(string lease, string detail) =>
        new(lease, WorkOutcome.Elsewhere, Problem: WorkProblem.Of(OfAnother, detail));

    private static WorkResult Lost(string lease, string detail) =>
        new(lease, WorkOutcome.LeaseLost, Problem: WorkProblem.Of(LeaseLost, detail));
}

/// <summary>What became of one lease, in a word.</summary>
internal enum WorkOutcome
{
    /// <summary>The lease was extended.</summary>
    Extended,

    /// <summary>The hop is committed.</summary>
    Committed,

    /// <summary>A cancel overtook it: the data was taken, the element goes where cancelled ones go.</summary>
    Cancelled,

    /// <summary>The run counts as failed, and that is committed.</summary>
    Failed,

    /// <summary>The route cannot be carried out; the lease is still held.</summary>
    Refused,

    /// <summary>Nobody holds the lease any more.</summary>
    LeaseLost,

    /// <summary>Another process gave the lease; nothing happened.</summary>
    Elsewhere,
}

/// <summary>A problem within an answer that is itself well; the members of problem details.</summary>
/// <param name="Type">Which kind; its meaning never changes.</param>
/// <param name="Title">The kind in a few words.</param>
/// <param name="Status">The HTTP status that it would have alone.</param>
/// <param name="Detail">What, which one, why, and what to do.</param>
/// <param name="Code">What was wrong with a route, a stable name.</param>
internal sealed record WorkProblem(string Type, string Title, int Status, string Detail, string? Code)
{
    public static WorkProblem Of(ProblemType type, string detail, string? code = null) =>
        new(type.Uri, type.Title, type.Status, detail, code);
}
