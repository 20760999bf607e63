using Waybill.Stores;

namespace Waybill.Postgres.Ledger;

/// <summary>A change request, as far as a transaction needs it.</summary>
internal sealed record LedgerRequest
{
    /// <summary>The store's own number; grows with time.</summary>
    public required long Number { get; init; }

    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required bool Spreads { get; init; }

    /// <summary>The workflows that it concerns, as <c>name:version</c>.</summary>
    public required IReadOnlyCollection<string> Concerned { get; init; }

    /// <summary>Numbers of the nodes past its point of no return.</summary>
    public required IReadOnlyCollection<int> PastReturn { get; init; }

    public required byte[] Payload { get; init; }

    public required DateTime? Until { get; init; }

    /// <summary>Elements at which it has, or waits for, an outcome; complete only when that was asked for.</summary>
    public HashSet<Guid> Reached { get; } = [];

    public bool IsCancel => Type == NewChange.CancelType;
}

/// <summary>A request that is pending at an element.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsConcerned">Whether the element gets an outcome.</param>
internal sealed record LedgerMark(LedgerRequest Request, bool IsConcerned)
{
    public ChangeMark ToMark() => new(new ChangeId(Request.Id), Request.Type, Request.Payload, IsConcerned);
}

/// <summary>What an outcome row is to say.</summary>
internal sealed record OutcomeRow(
    long Change, Guid Element, ChangeOutcome Outcome, int? Node, int Hop, string? Reason, string? Difference);
