using Waybill.Stores;

namespace Waybill;

/// <summary>The receipt of a change request.</summary>
/// <param name="Id">The request; the ledger is read by it.</param>
/// <param name="Status">Whether it was taken in.</param>
/// <param name="Element">The element that it was addressed to; null when there is none.</param>
public sealed record ChangeTicket(ChangeId Id, ChangeReceiptStatus Status, ElementId? Element);

/// <summary>What a change came to within the time that its caller would wait.</summary>
/// <param name="Status">The sum of its outcomes; final.</param>
/// <param name="Record">What the ledger has of it; null when there is no such element.</param>
public sealed record ChangeResult(ChangeResultStatus Status, ChangeRecord? Record)
{
    internal static ChangeResult Of(ChangeRecord? record) => new(StatusOf(record), record);

    private static ChangeResultStatus StatusOf(ChangeRecord? record)
    {
        if (record is null)
            return ChangeResultStatus.NotFound;
        HashSet<ChangeOutcome> outcomes = [.. record.Outcomes.Select(outcome => outcome.Outcome)];
        if (outcomes.Contains(ChangeOutcome.Applied))
            return outcomes.Count == 1 ? ChangeResultStatus.Applied : ChangeResultStatus.PartlyApplied;
        if (outcomes.Contains(ChangeOutcome.Rejected))
            return ChangeResultStatus.Rejected;
        return outcomes.Contains(ChangeOutcome.TooLate) ? ChangeResultStatus.TooLate : ChangeResultStatus.CouldNotReach;
    }
}

/// <summary>What a change came to as a whole.</summary>
public enum ChangeResultStatus
{
    /// <summary>Every element that is concerned has it.</summary>
    Applied = 0,

    /// <summary>No element has it, and at least one refused it.</summary>
    Rejected = 1,

    /// <summary>No element has it, and at least one was past the point of no return, or had ended.</summary>
    TooLate = 2,

    /// <summary>It reached no element in time, and none will have it later.</summary>
    CouldNotReach = 3,

    /// <summary>Some elements have it, others do not and will not; the record tells which.</summary>
    PartlyApplied = 4,

    /// <summary>There is no such element.</summary>
    NotFound = 5,
}
