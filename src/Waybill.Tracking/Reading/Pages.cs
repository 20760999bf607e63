namespace Waybill.Tracking.Reading;

/// <summary>Pages in the order of element keys, over several shelves.</summary>
internal static class Pages
{
    public static async Task<Page<TrackedElement>> CutAsync(
        Shelves all, IEnumerable<Shelf> shelves, Condition condition, PageRequest page)
    {
        (List<(Shelf Shelf, FoundElement Found)> found, long? next) = await FindAsync(shelves, condition, page);
        return new Page<TrackedElement>(
            await new SubjectKeys(all.Tracking).OpenAsync(found.Select(one => one.Found)), next);
    }

    public static async Task<(List<(Shelf Shelf, FoundElement Found)> Found, long? Next)> FindAsync(
        IEnumerable<Shelf> shelves, Condition condition, PageRequest page)
    {
        condition.And("e.key > @", page.After);
        List<(Shelf Shelf, FoundElement Found)> found = [];
        // One row more than asked for tells whether there is a next page.
        foreach (Shelf shelf in shelves)
            found.AddRange((await shelf.FindAsync(condition, page.Size + 1)).Select(one => (shelf, one)));
        found = [.. found.OrderBy(one => one.Found.Key).Take(page.Size + 1)];
        if (found.Count <= page.Size)
            return (found, null);
        found.RemoveAt(page.Size);
        return (found, found[^1].Found.Key);
    }
}
