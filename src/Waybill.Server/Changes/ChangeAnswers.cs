using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Changes;

/// <summary>A request to change an element, in the ledger.</summary>
/// <param name="Id">The request.</param>
/// <param name="Type">Its type.</param>
/// <param name="Element">The element that it was addressed to.</param>
/// <param name="Workflow">That element's workflow.</param>
/// <param name="Key">That element's business key.</param>
/// <param name="Payload">What was asked for.</param>
/// <param name="By">Who asked.</param>
/// <param name="Reason">Why.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="HasEnded">Whether no outcome is pending any more.</param>
/// <param name="Outcomes">What it came to at each concerned element.</param>
internal sealed record ChangeAnswer(
    Guid Id, string Type, Guid Element, string Workflow, string Key, JsonElement? Payload, string By, string? Reason,
    DateTimeOffset RequestedAt, bool HasEnded, IReadOnlyList<OutcomeAnswer> Outcomes)
{
    /// <summary>What it came to as a whole; only where it was waited for.</summary>
    public ChangeResultStatus? Result { get; init; }

    public static ChangeAnswer Of(ChangeRecord change) => new(
        change.Id.Value, change.Type, change.Element.Value, change.Workflow, change.BusinessKey,
        Answer.Data(change.Payload), change.Actor.Name, change.Actor.Reason, change.RequestedAt, change.HasEnded,
        [.. change.Outcomes.Select(OutcomeAnswer.Of)]);
}

/// <summary>What a request came to at one element.</summary>
internal sealed record OutcomeAnswer(
    Guid Element, ChangeOutcome Outcome, AddressAnswer? At, int Hop, DateTimeOffset Since, string? Reason,
    JsonElement? Difference)
{
    public static OutcomeAnswer Of(ElementOutcome outcome) => new(
        outcome.Element.Value, outcome.Outcome, outcome.Node is null ? null : AddressAnswer.Of(outcome.Node),
        outcome.Hop, outcome.At, outcome.Reason, Answer.Data(outcome.Difference));
}

/// <summary>A change that is asked for.</summary>
/// <param name="Type">The name of a change that a workflow declares; GET /v1/workflows lists them.</param>
/// <param name="Payload">What is asked for.</param>
/// <param name="Reason">Why; kept in the ledger.</param>
/// <param name="WaitMs">
/// How long to wait for what becomes of it, up to 60,000; what has not reached its element by then is withdrawn. None:
/// it is not waited for, and stays pending until it reaches the element.
/// </param>
/// <param name="Id">The request's id, to repeat one; none for a new one.</param>
internal sealed record ChangeBody(
    string Type, JsonElement Payload, string? Reason = null, int? WaitMs = null, Guid? Id = null);

/// <summary>How many outcomes of each kind there are.</summary>
internal sealed record OutcomeCountsAnswer(
    long Pending, long Applied, long Rejected, long TooLate, long CouldNotReach);
