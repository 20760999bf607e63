namespace Waybill.Stores;

/// <summary>Which held elements are meant: all conditions that are given must hold.</summary>
public sealed record HeldFilter
{
    /// <summary>All that is held.</summary>
    public static HeldFilter All { get; } = new();

    /// <summary>The whole group key.</summary>
    public string? Group { get; init; }

    /// <summary>One of these elements, at most 10,000; null for any.</summary>
    public IReadOnlyList<ElementId>? Ids
    {
        get;
        init => field = value is null or { Count: <= 10_000 }
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value.Count, "A filter names at most 10,000 ids.");
    }

    /// <summary>Held before this instant.</summary>
    public DateTimeOffset? HeldBefore { get; init; }

    /// <summary>Conditions on columns, at most 16.</summary>
    public IReadOnlyList<HeldCondition> Where { get; init; } = [];
}

/// <summary>A condition on one column.</summary>
/// <param name="Column">The column; letter case does not count.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Value">
/// With what. Only equal and not equal take no value, for empty and not empty; an empty column meets no other
/// condition.
/// </param>
public sealed record HeldCondition(string Column, HeldComparison Comparison, HeldValue Value);

/// <summary>How a column is compared with a value.</summary>
public enum HeldComparison
{
    /// <summary>Is the value.</summary>
    Equal = 0,

    /// <summary>Is another value, or empty.</summary>
    NotEqual = 1,

    /// <summary>Is less.</summary>
    Less = 2,

    /// <summary>Is less or equal.</summary>
    LessOrEqual = 3,

    /// <summary>Is greater.</summary>
    Greater = 4,

    /// <summary>Is greater or equal.</summary>
    GreaterOrEqual = 5,
}

/// <summary>Which part of a listing of held elements is wanted, and in which order.</summary>
/// <param name="Size">How many at the most: 1 to 1,000; default 100.</param>
/// <param name="SortBy">The column to sort by, empty ones first; null: those held longest first.</param>
/// <param name="Descending">Whether the order is turned round.</param>
/// <param name="After">The <see cref="HeldPage.Next"/> of the page before; null for the first page.</param>
public sealed record HeldPageRequest(
    int Size = 100, string? SortBy = null, bool Descending = false, HeldCursor? After = null)
{
    /// <summary>How many at the most: 1 to 1,000.</summary>
    public int Size { get; } = Size is >= 1 and <= 1000
        ? Size
        : throw new ArgumentOutOfRangeException(nameof(Size), Size, "A page holds 1 to 1,000 items.");
}

/// <summary>One page of held elements.</summary>
/// <param name="Items">The elements.</param>
/// <param name="Next">Ask with this for the next page; null when this was the last.</param>
public sealed record HeldPage(IReadOnlyList<HeldElement> Items, HeldCursor? Next);

/// <summary>Where a page ended: the last element's sort value (when it was held, by default) and key.</summary>
/// <param name="Value">The value of the column that was sorted by, or the instant since when it is held.</param>
/// <param name="Key">The element's store key, to tell equals apart.</param>
public sealed record HeldCursor(HeldValue Value, long Key);

/// <summary>A question to an aggregation queue: which elements, grouped by what, measured how.</summary>
public sealed record HeldQuery
{
    /// <summary>The name that stands for the group key among columns to group by.</summary>
    public const string GroupKey = "group";

    /// <summary>Which elements.</summary>
    public HeldFilter Filter { get; init; } = HeldFilter.All;

    /// <summary>
    /// Columns to group by, at most 8, or <see cref="GroupKey"/>. None: one group of all, also when nothing is held.
    /// </summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>What to measure besides the count, at most 16.</summary>
    public IReadOnlyList<HeldMeasure> Measures { get; init; } = [];

    /// <summary>
    /// Only groups of which this is true; null for all. With many small groups, the few that are ripe are found among
    /// them, however small they are.
    /// </summary>
    public HeldGate? Having { get; init; }
}

/// <summary>A measure over a group.</summary>
/// <param name="Column">The column; a sum needs one of numbers.</param>
/// <param name="Function">What is measured.</param>
public sealed record HeldMeasure(string Column, HeldFunction Function);

/// <summary>What is measured; empty columns do not count.</summary>
public enum HeldFunction
{
    /// <summary>The sum; 0 when all are empty.</summary>
    Sum = 0,

    /// <summary>The least value; none when all are empty.</summary>
    Min = 1,

    /// <summary>The greatest value; none when all are empty.</summary>
    Max = 2,
}

/// <summary>Held elements that are alike in what was grouped by.</summary>
/// <param name="Keys">The values that they share, in the order of <see cref="HeldQuery.GroupBy"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">Since when the one that waits longest is held; null when there is none.</param>
/// <param name="Measures">The measures, in the order of <see cref="HeldQuery.Measures"/>.</param>
public sealed record HeldGroup(
    IReadOnlyList<HeldValue> Keys, long Count, DateTimeOffset? OldestAt, IReadOnlyList<HeldValue> Measures);

/// <summary>What to release from an aggregation queue, and into what.</summary>
public sealed record HeldRelease
{
    /// <summary>The queue.</summary>
    public required NodeAddress Queue { get; init; }

    /// <summary>Which elements.</summary>
    public required HeldFilter Filter { get; init; }

    /// <summary>How many at the most, those held longest first: 1 to 10,000.</summary>
    public required int Max
    {
        get;
        init => field = value is >= 1 and <= 10_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A release takes 1 to 10,000 elements.");
    }

    /// <summary>The node where members go on when the batch is done, or they leave it.</summary>
    public required NodeAddress ResumeAt { get; init; }

    /// <summary>The batch element. It has no caller and no ticket: its ending goes to its members.</summary>
    public required NewElement Batch { get; init; }

    /// <summary>What must be true of the whole of what matches, in the same transaction; null for nothing.</summary>
    public HeldGate? Gate { get; init; }

    /// <summary>
    /// JSON members for the journal: who or which rule, filter. The store adds the members' ids to the batch's row.
    /// </summary>
    public required ReleaseNote Note { get; init; }
}

/// <summary>Who released a batch, and what; kept in the journal.</summary>
/// <param name="By">The person or program, or the rule as it is declared.</param>
/// <param name="Reason">Why.</param>
/// <param name="Filter">The filter, in words.</param>
public sealed record ReleaseNote(string By, string? Reason, string? Filter);

/// <summary>What must be true of all that matches a filter, or of a group: all that is given.</summary>
public sealed record HeldGate
{
    /// <summary>At least so many.</summary>
    public long MinCount { get; init; } = 1;

    /// <summary>A column whose sum is at least <see cref="MinSum"/>.</summary>
    public string? SumColumn { get; init; }

    /// <summary>The least sum.</summary>
    public decimal MinSum { get; init; }

    /// <summary>One of them held at or before this instant.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>A column of numbers that says how many belong together: as many as its greatest value.</summary>
    public string? CompleteBy { get; init; }
}

/// <summary>What became of a release.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Members">How many members the batch got.</param>
public readonly record struct HeldReleased(HeldReleaseStatus Status, int Members);

/// <summary>What became of a release.</summary>
public enum HeldReleaseStatus
{
    /// <summary>The batch is on its way.</summary>
    Released = 0,

    /// <summary>Nothing that is held matches.</summary>
    NothingHeld = 1,

    /// <summary>The gate's conditions are not true (any more).</summary>
    GateClosed = 2,
}

/// <summary>A question that an aggregation queue cannot answer: which column, and what is wrong with it.</summary>
public sealed class HeldQueryException(string message) : Exception(message);
