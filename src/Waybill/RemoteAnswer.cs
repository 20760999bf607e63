namespace Waybill;

/// <summary>What became of what a remote worker brought.</summary>
public enum RemoteOutcome
{
    /// <summary>The hop is committed.</summary>
    Committed = 0,

    /// <summary>A cancel overtook it: the data was taken, the element goes where cancelled ones go.</summary>
    Cancelled = 1,

    /// <summary>The run counts as failed, and that is committed: it is retried as the node declares.</summary>
    Failed = 2,

    /// <summary>The route cannot be carried out. Nothing happened, and the lease is still held: correct it.</summary>
    Refused = 3,

    /// <summary>
    /// Nobody holds the lease any more: it lapsed, or this process has lost the element. Nothing happened by this, and
    /// the element is run again; only when the process lost the store while it committed, the hop may have come
    /// through.
    /// </summary>
    LeaseLost = 4,

    /// <summary>
    /// Another process of the site gave the lease. Nothing happened; what is brought to that process counts.
    /// </summary>
    Elsewhere = 5,
}

/// <summary>The answer to a remote worker.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Code">When it was refused: what was wrong, as in <see cref="RouteException.Code"/>.</param>
/// <param name="Reason">When nothing happened by it: what was wrong, and what to do.</param>
public sealed record RemoteAnswer(RemoteOutcome Outcome, string? Code = null, string? Reason = null)
{
    internal static RemoteAnswer Lost { get; } = new(
        RemoteOutcome.LeaseLost,
        Reason: "The lease has lapsed, or this process does not know it. Drop the work: it is done again by whoever "
            + "claims it next, with the same idempotency key.");

    internal static RemoteAnswer Elsewhere { get; } = new(
        RemoteOutcome.Elsewhere,
        Reason: "Another process gave this lease. Send the same again, so that it reaches that one; when none has "
            + "taken it until the lease has lapsed, drop the work.");
}

/// <summary>Why a remote worker could not do its work.</summary>
/// <param name="Message">What went wrong, 1 to 4,000 characters.</param>
/// <param name="Type">
/// A stable name by which such failures are grouped, 1 to 200 characters. Default: <c>remote.failed</c>.
/// </param>
/// <param name="Details">A stack trace or the like; cut at 8,000 characters.</param>
/// <param name="Retry">
/// False when no retry can mend it: it goes along the node's failure route, or is sidelined, at once.
/// </param>
public sealed record RemoteFailure(string Message, string? Type = null, string? Details = null, bool Retry = true);
