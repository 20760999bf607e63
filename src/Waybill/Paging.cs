namespace Waybill;

/// <summary>Which part of a listing is wanted. Listings are ordered by age, oldest first.</summary>
/// <param name="Size">How many items at the most: 1 to 1,000; default 100.</param>
/// <param name="After">The <see cref="Page{T}.Next"/> of the page before; null for the first page.</param>
public sealed record PageRequest(int Size = 100, long? After = null)
{
    /// <summary>How many items at the most: 1 to 1,000.</summary>
    public int Size { get; } = Size is >= 1 and <= 1000
        ? Size
        : throw new ArgumentOutOfRangeException(nameof(Size), Size, "A page holds 1 to 1,000 items.");
}

/// <summary>One page of a listing.</summary>
/// <param name="Items">The items, oldest first.</param>
/// <param name="Next">
/// Ask with this as <see cref="PageRequest.After"/> for the next page; null when this was the last.
/// </param>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record Page<T>(IReadOnlyList<T> Items, long? Next);
