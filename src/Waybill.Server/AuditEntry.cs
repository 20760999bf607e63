using System.Text.Json;

namespace Waybill.Server;

/// <summary>One act of an operator or admin.</summary>
/// <param name="Id">A UUID (version 7) that grows with time.</param>
/// <param name="At">When it began.</param>
/// <param name="Act">What was done, for example <c>sidelined.retry</c>.</param>
/// <param name="By">Who: the name of the API key with its prefix, or of the host's principal.</param>
/// <param name="Key">The visible part of the API key; null when another authentication let the caller in.</param>
/// <param name="Reason">Why, as the caller said.</param>
/// <param name="Target">To what: a node, a queue, a key.</param>
/// <param name="Filter">To which elements: the filter, as it was given.</param>
/// <param name="Count">How many it took effect on; null while that is not known.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Fault">Why it failed, when it did.</param>
/// <param name="TraceId">The trace of the request.</param>
public sealed record AuditEntry(
    Guid Id, DateTimeOffset At, string Act, string By, string? Key, string? Reason, string? Target, JsonElement? Filter,
    long? Count, AuditOutcome Outcome, string? Fault, string? TraceId);

/// <summary>What became of an audited act.</summary>
public enum AuditOutcome
{
    /// <summary>It began; the process that did it has not said how it ended (yet).</summary>
    Begun = 0,

    /// <summary>It was carried out.</summary>
    Done = 1,

    /// <summary>It was refused or broke off; the journal of the elements tells how far it came.</summary>
    Failed = 2,
}
