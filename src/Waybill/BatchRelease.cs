namespace Waybill;

/// <summary>A release from an aggregation queue, as the maker of its batch element's data sees it.</summary>
/// <param name="Queue">Where the members were held.</param>
/// <param name="Group">The group key that they share; null when the release was not of one group.</param>
/// <param name="By">Who released them: the person or program, or the rule as it is declared.</param>
/// <param name="At">When it was decided.</param>
public sealed record BatchRelease(NodeAddress Queue, string? Group, string By, DateTimeOffset At);

/// <summary>What became of a release.</summary>
/// <param name="Batch">The batch element; null when nothing that is held matched.</param>
/// <param name="Members">How many members it got.</param>
public readonly record struct ReleasedBatch(ElementId? Batch, int Members);
