namespace Waybill;

/// <summary>The receipt of a submitted element.</summary>
/// <param name="Id">The element.</param>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="BusinessKey">The key that it was submitted with.</param>
/// <param name="IsNew">
/// False when an earlier submission with that key holds the ticket; its data counts, not this one's.
/// </param>
/// <typeparam name="TOut">The workflow's result type.</typeparam>
public sealed record Ticket<TOut>(ElementId Id, string Workflow, string BusinessKey, bool IsNew);

/// <summary>The receipt of an element that was submitted as JSON.</summary>
/// <param name="Id">The element.</param>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Version">The workflow's newest version, to which it was submitted.</param>
/// <param name="BusinessKey">The key that it was submitted with.</param>
/// <param name="IsNew">
/// False when an earlier submission with that key holds the ticket; its data counts, not this one's.
/// </param>
public sealed record Ticket(ElementId Id, string Workflow, int Version, string BusinessKey, bool IsNew);

/// <summary>How a submitted element stands.</summary>
/// <param name="Ending">How it ended; null while it is in flight.</param>
/// <param name="Result">Its result, when it finished; else the default.</param>
/// <param name="Reason">Why not, when it did not.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="EndedAt">When it ended.</param>
/// <typeparam name="TOut">The workflow's result type.</typeparam>
public sealed record TicketStatus<TOut>(
    Ending? Ending, TOut? Result, string? Reason, DateTimeOffset AcceptedAt, DateTimeOffset? EndedAt);
