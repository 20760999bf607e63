using Waybill.Services.Asynchronous;

namespace Waybill.Services;

/// <summary>A ticket ended without a result.</summary>
public sealed class TicketException : Exception
{
    private TicketException(ElementId ticket, string workflow, Ending ending, string? reason)
        : base($"Ticket {ticket} of {workflow} ended without a result ({ending}): {reason ?? "no reason was given."}")
    {
        Ticket = ticket;
        Ending = ending;
        Reason = reason;
    }

    /// <summary>Which ticket.</summary>
    public ElementId Ticket { get; }

    /// <summary>In which way: failed, cancelled or dropped.</summary>
    public Ending Ending { get; }

    /// <summary>Why; null when nobody said.</summary>
    public string? Reason { get; }

    /// <summary>The problem's type as the HTTP API writes it: <c>urn:waybill:problem:work-failed</c>.</summary>
    public string ProblemType => TicketProblems.Of(Ending).Uri;

    internal static TicketException Of<T>(Ticket<T> ticket, TicketStatus<T> ended) =>
        new(ticket.Id, ticket.Workflow, ended.Ending!.Value, ended.Reason);
}
