using System.Text.Json;

namespace Waybill.Services.Asynchronous;

/// <summary>
/// What every service with asynchronous operations can be asked besides its own: how its tickets stand. The names have
/// an underscore, as those of a contract cannot.
/// </summary>
internal interface ITicketDesk
{
    /// <summary>The ticket when it has ended, or as it stands when the wait is over; null when there is none.</summary>
    [Operation(Name = "ticket_read", Idempotent = true, DeadlineMs = 45_000)]
    Task<TicketStanding?> ReadAsync(Guid ticket, int waitMs, CancellationToken cancel);

    /// <summary>Whether it was asked to cancel; false when it had ended already, null when there is none.</summary>
    [Operation(Name = "ticket_cancel", Idempotent = true)]
    Task<bool?> CancelAsync(Guid ticket, string? reason, CancellationToken cancel);
}

/// <summary>How a ticket stands.</summary>
/// <param name="Ending">How it ended; null while it is in flight.</param>
/// <param name="Result">Its result, when it finished.</param>
/// <param name="Reason">Why not, when it did not.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record TicketStanding(
    Ending? Ending, JsonElement? Result, string? Reason, DateTimeOffset AcceptedAt, DateTimeOffset? EndedAt);
