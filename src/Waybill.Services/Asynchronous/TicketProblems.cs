using Waybill.Services.Http;

namespace Waybill.Services.Asynchronous;

/// <summary>The kinds of problem that have to do with tickets.</summary>
public static class TicketProblems
{
    /// <summary>There is no such ticket: there never was, or it was forgotten after its time.</summary>
    public static ProblemType Unknown { get; } = new("ticket-unknown", 404, "There is no such ticket");

    /// <summary>What is asked for comes too late: the ticket has ended.</summary>
    public static ProblemType Ended { get; } = new("ticket-ended", 409, "The ticket has ended");

    /// <summary>The workflow ended without a result. Stands in a ticket.</summary>
    public static ProblemType WorkFailed { get; } = new("work-failed", 200, "The work ended without a result");

    /// <summary>The work was cancelled. Stands in a ticket.</summary>
    public static ProblemType WorkCancelled { get; } = new("work-cancelled", 200, "The work was cancelled");

    /// <summary>A person dropped the work after its retries had run out. Stands in a ticket.</summary>
    public static ProblemType WorkDropped { get; } = new("work-dropped", 200, "The work was dropped");

    internal static ProblemType Of(Ending ending) => ending switch
    {
        Ending.Cancelled => WorkCancelled,
        Ending.Dropped => WorkDropped,
        _ => WorkFailed,
    };
}
