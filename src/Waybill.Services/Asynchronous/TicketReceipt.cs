namespace Waybill.Services.Asynchronous;

/// <summary>What a submission is answered with.</summary>
/// <param name="Id">The element.</param>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="BusinessKey">The key that it was submitted with.</param>
/// <param name="IsNew">False when an earlier submission with that key holds the ticket; its data counts.</param>
public sealed record TicketReceipt(ElementId Id, string Workflow, string BusinessKey, bool IsNew)
{
    /// <summary>The receipt of a ticket.</summary>
    /// <param name="ticket">The ticket.</param>
    public static TicketReceipt Of(Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
    }

    /// <summary>The receipt of a ticket.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <typeparam name="TOut">The workflow's result type.</typeparam>
    public static TicketReceipt Of<TOut>(Ticket<TOut> ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        return new(ticket.Id, ticket.Workflow, ticket.BusinessKey, ticket.IsNew);
    }
}
