using Waybill.Stores;

namespace Waybill.Server.Held;

/// <summary>An aggregation queue.</summary>
internal sealed record HeldQueueAnswer(
    string Workflow, int Version, string Node, long Count, IReadOnlyList<HeldColumnAnswer> Columns);

/// <summary>A column of an aggregation queue.</summary>
internal sealed record HeldColumnAnswer(string Name, HeldType Type);

/// <summary>A held element; its columns by name.</summary>
internal sealed record HeldRowAnswer(
    Guid Id, string Key, string Group, DateTimeOffset HeldAt, int Hop, int Revision, Guid? Caller,
    IReadOnlyDictionary<string, object?> Columns)
{
    public static HeldRowAnswer Of(HeldElement element, IReadOnlyList<HeldColumn> columns) => new(
        element.Id.Value, element.BusinessKey, element.Group, element.HeldAt, element.Hop, element.Revision,
        element.Caller?.Id.Value,
        columns.Zip(element.Values).ToDictionary(
            pair => pair.First.Name, pair => HeldColumns.Shown(pair.Second), StringComparer.Ordinal));
}

/// <summary>A page of held elements.</summary>
/// <param name="Items">The elements.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; left out when this was the last.</param>
internal sealed record HeldPageAnswer(IReadOnlyList<HeldRowAnswer> Items, string? Next);

/// <summary>Held elements that are alike in what was grouped by.</summary>
/// <param name="By">The values that they share, by column; <c>group</c> is the group key.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">Since when the one that waits longest is held.</param>
/// <param name="Sums">The sums that were asked for, by column.</param>
internal sealed record HeldGroupAnswer(
    IReadOnlyDictionary<string, object?> By, long Count, DateTimeOffset? OldestAt,
    IReadOnlyDictionary<string, object?> Sums);

/// <summary>What became of a release.</summary>
/// <param name="Batch">The batch element; left out when nothing matched.</param>
/// <param name="Members">How many members it got.</param>
internal sealed record ReleasedAnswer(Guid? Batch, int Members);
