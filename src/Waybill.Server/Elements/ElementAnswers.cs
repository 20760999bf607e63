using System.Text.Json;
using Waybill.Server.Wire;
using Waybill.Stores;

namespace Waybill.Server.Elements;

/// <summary>An element in a listing.</summary>
internal sealed record ElementAnswer(
    Guid Id, string Key, string Workflow, int Version, string Node, ElementState State, int Hop,
    DateTimeOffset AcceptedAt, DateTimeOffset MovedAt, Guid? Caller, bool CancelRequested)
{
    public static ElementAnswer Of(ElementSummary element) => new(
        element.Id.Value, element.BusinessKey, element.Node.Workflow, element.Node.Version, element.Node.Node,
        element.State, element.Hop, element.AcceptedAt, element.MovedAt, element.Caller?.Value,
        element.CancelRequested);
}

/// <summary>One element with all that it carries, and what happened to it.</summary>
/// <param name="Id">The element.</param>
/// <param name="Element">Where it is and what it does; left out when it has ended.</param>
/// <param name="Data">Its data; left out when it has ended.</param>
/// <param name="Due">When it goes on by itself.</param>
/// <param name="AwaitedSignal">The signal that it waits for.</param>
/// <param name="PendingCalls">How many calls have not returned.</param>
/// <param name="Batch">The batch that it is a member of.</param>
/// <param name="Ended">How it ended; left out while it is in flight.</param>
/// <param name="History">What happened to it, oldest first, as far as the journal is kept.</param>
/// <param name="IsHistoryCut">Whether more happened than is shown.</param>
/// <param name="HistoryNext">
/// Give it as <c>after</c> to the element's <c>history</c> for what is not shown; left out when all is.
/// </param>
internal sealed record ElementDetailsAnswer(
    Guid Id, ElementAnswer? Element, JsonElement? Data, DateTimeOffset? Due, string? AwaitedSignal, int? PendingCalls,
    Guid? Batch, EndedAnswer? Ended, IReadOnlyList<HistoryAnswer> History, bool IsHistoryCut,
    string? HistoryNext);

/// <summary>How an element ended.</summary>
internal sealed record EndedAnswer(
    string Workflow, string Key, Ending Ending, DateTimeOffset? EndedAt, JsonElement? Result, string? Reason);

/// <summary>One thing that happened to an element.</summary>
internal sealed record HistoryAnswer(
    DateTimeOffset At, JournalKind Kind, int Hop, string Workflow, int Version, string Node, double WorkedMs,
    JsonElement? Detail)
{
    public static HistoryAnswer Of(JournalEntry entry) => new(
        entry.At, entry.Kind, entry.Hop, entry.Node.Workflow, entry.Node.Version, entry.Node.Node,
        entry.Worked.TotalMilliseconds, Answer.Data(entry.Detail));
}

/// <summary>A page of an element's history.</summary>
/// <param name="Items">What happened.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; left out when this was the last.</param>
internal sealed record HistoryPageAnswer(IReadOnlyList<HistoryAnswer> Items, string? Next);
