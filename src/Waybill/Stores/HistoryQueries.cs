namespace Waybill.Stores;

/// <summary>Which rows of an element's history are meant.</summary>
/// <param name="Element">Whose history.</param>
public sealed record HistoryFilter(ElementId Element)
{
    /// <summary>What happened; null for everything.</summary>
    public JournalKind? Kind { get; init; }
}

/// <summary>Which part of a history is wanted, and in which order.</summary>
/// <param name="Size">How many rows at the most: 1 to 1,000; default 100.</param>
/// <param name="After">The <see cref="HistoryPage.Next"/> of the page before; null for the first page.</param>
/// <param name="NewestFirst">Whether the order is turned round; default: oldest first.</param>
public sealed record HistoryPageRequest(int Size = 100, JournalPosition? After = null, bool NewestFirst = false)
{
    /// <summary>How many rows at the most: 1 to 1,000.</summary>
    public int Size { get; } = Size is >= 1 and <= 1000
        ? Size
        : throw new ArgumentOutOfRangeException(nameof(Size), Size, "A page holds 1 to 1,000 items.");
}

/// <summary>One page of an element's history.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">
/// Ask with this as <see cref="HistoryPageRequest.After"/> for the next page; null when this was the last.
/// </param>
public sealed record HistoryPage(IReadOnlyList<JournalEntry> Items, JournalPosition? Next)
{
    /// <summary>Cuts a page from the rows behind its beginning.</summary>
    /// <param name="rows">In the order that was asked for, one more than the page holds when there are more.</param>
    /// <param name="size">How many the page holds.</param>
    public static HistoryPage Cut(IReadOnlyList<JournalEntry> rows, int size)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new(
            rows.Count > size ? [.. rows.Take(size)] : rows, rows.Count > size ? rows[size - 1].Position : null);
    }
}
