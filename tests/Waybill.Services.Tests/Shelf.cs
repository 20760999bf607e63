namespace Waybill.Services.Tests;

/// <summary>A shelf whose answers the test can replace.</summary>
public sealed class Shelf : IShelf
{
    public static Book Emma { get; } = new("111", "Emma", 9.5m);

    public Func<string, CancellationToken, Task<Book?>> Find { get; set; } =
        (isbn, _) => Task.FromResult(isbn == Emma.Isbn ? Emma : null);

    public List<string> Puts { get; } = [];

    public string? Caller { get; private set; }

    public TimeSpan? Remaining { get; private set; }

    public int Calls { get; private set; }

    public Task<Book?> FindAsync(string isbn, CancellationToken cancel)
    {
        Calls++;
        Caller = CallContext.Current?.Caller;
        Remaining = CallContext.Current?.Remaining;
        return Find(isbn, cancel);
    }

    public Task<int> PutAsync(IReadOnlyList<Book> books, Corner corner = Corner.Window, string? note = null)
    {
        Puts.Add($"{string.Join(',', books.Select(book => book.Isbn))} at {corner}: {note ?? "no note"}");
        return Task.FromResult(books.Count);
    }

    public Task ClearAsync(CancellationToken cancel = default)
    {
        Puts.Clear();
        return Task.CompletedTask;
    }
}
