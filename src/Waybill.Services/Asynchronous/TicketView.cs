using Waybill.Stores;

namespace Waybill.Services.Asynchronous;

/// <summary>A ticket as its client sees it: the receipt, and while it is in flight where the element is.</summary>
/// <param name="Ticket">The receipt, and the ending when it has one.</param>
/// <param name="Element">Where it is; null when it has ended.</param>
internal sealed record TicketView(TicketRecord Ticket, ElementSummary? Element)
{
    public bool HasEnded => Ticket.Ending is not null;

    public TicketState State => (Ticket.Ending, Element) switch
    {
        (Ending.Finished, _) => TicketState.Finished,
        (Ending.Cancelled, _) => TicketState.Cancelled,
        (not null, _) => TicketState.Failed,
        (null, { Hop: 0, State: not ElementState.Owned }) => TicketState.Accepted,
        _ => TicketState.Running,
    };

    /// <summary>The ticket with the secrets of its result; else they are written masked.</summary>
    public TicketView Opened(SecretDesk secrets) =>
        this with { Ticket = Ticket with { Result = secrets.Opened(Ticket.Result) } };

    /// <summary>Reads it; null when there is no such ticket (any more).</summary>
    public static async Task<TicketView?> FindAsync(ISiteStore store, ElementRef element, CancellationToken cancel) =>
        await store.Tickets.StandingAsync(element, cancel) is { } standing
            ? new TicketView(standing.Ticket, standing.Element)
            : null;
}
