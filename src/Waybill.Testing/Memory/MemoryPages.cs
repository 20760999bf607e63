namespace Waybill.Testing.Memory;

/// <summary>Cuts pages out of listings.</summary>
internal static class MemoryPages
{
    /// <summary>
    /// The page of rows in ascending order of their keys that begins behind <see cref="PageRequest.After"/>.
    /// </summary>
    public static Page<TItem> Cut<TRow, TItem>(
        this PageRequest page, IEnumerable<TRow> rows, Func<TRow, long> key, Func<TRow, TItem> toItem)
    {
        // One row more than asked for tells whether there is a next page.
        TRow[] found = [.. rows.Where(row => page.After is null || key(row) > page.After).Take(page.Size + 1)];
        return new Page<TItem>(
            [.. found.Take(page.Size).Select(toItem)],
            found.Length > page.Size ? key(found[page.Size - 1]) : null);
    }
}
