namespace Waybill.Stores;

/// <summary>Receipts and results of submitted elements. Written with accept and end; kept until purged.</summary>
public interface ITicketStore
{
    /// <summary>The ticket of a submitted element; null when there is none, or it was purged.</summary>
    /// <param name="element">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<TicketRecord?> FindAsync(ElementRef element, CancellationToken cancel);

    /// <summary>
    /// The ticket of a submitted element as it stands, in one snapshot and one round trip; null when there is none, or
    /// it was purged.
    /// </summary>
    /// <param name="element">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<TicketStanding?> StandingAsync(ElementRef element, CancellationToken cancel);

    /// <summary>A page of the tickets that match, oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="page">Which part.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Page<TicketRecord>> ListAsync(TicketFilter filter, PageRequest page, CancellationToken cancel);

    /// <summary>How many match, exactly.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<long> CountAsync(TicketFilter filter, CancellationToken cancel);

    /// <summary>
    /// Forgets tickets that ended before an instant, in one transaction; their business keys can be used again. A call
    /// looks at 10,000 tickets at the most, the oldest first, and the next one goes on behind them.
    /// </summary>
    /// <param name="endedBefore">The instant.</param>
    /// <param name="max">How many at the most.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How many were forgotten.</returns>
    Task<int> PurgeAsync(DateTimeOffset endedBefore, int max, CancellationToken cancel);
}

/// <summary>Which tickets are meant: all conditions that are given must hold.</summary>
public sealed record TicketFilter
{
    /// <summary>All tickets.</summary>
    public static TicketFilter All { get; } = new();

    /// <summary>The workflow's name.</summary>
    public string? Workflow { get; init; }

    /// <summary>True: only those that ended; false: only those in flight.</summary>
    public bool? HasEnded { get; init; }

    /// <summary>How it ended.</summary>
    public Ending? Ending { get; init; }
}

/// <summary>The receipt of a submitted element.</summary>
/// <param name="Id">The element.</param>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="BusinessKey">The key that it was submitted with.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="Ending">How it ended; null while it is in flight.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Result">Its result, UTF-8 JSON, when it finished.</param>
/// <param name="Reason">Why not, when it did not.</param>
public sealed record TicketRecord(
    ElementId Id, string Workflow, string BusinessKey, DateTimeOffset AcceptedAt,
    Ending? Ending, DateTimeOffset? EndedAt, ReadOnlyMemory<byte> Result, string? Reason);

/// <summary>A ticket, and where its element is.</summary>
/// <param name="Ticket">The receipt, and the ending when it has one.</param>
/// <param name="Element">Where it is; null when it has ended.</param>
public sealed record TicketStanding(TicketRecord Ticket, ElementSummary? Element);
