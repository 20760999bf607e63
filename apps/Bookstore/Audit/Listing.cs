using Waybill;

namespace Bookstore.Audit;

/// <summary>Reads a listing to its end.</summary>
internal static class Listing
{
    public static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> list)
    {
        List<T> all = [];
        long? after = null;
        do
        {
            Page<T> page = await list(new PageRequest(1000, after));
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }
}
