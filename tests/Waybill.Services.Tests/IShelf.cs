namespace Waybill.Services.Tests;

/// <summary>The contract that tests call: books on a shelf.</summary>
[Service("shelf", Version = 2)]
public interface IShelf
{
    [Operation(Idempotent = true, DeadlineMs = 2_000)]
    Task<Book?> FindAsync(string isbn, CancellationToken cancel);

    [Operation(DeadlineMs = 2_000)]
    Task<int> PutAsync(IReadOnlyList<Book> books, Corner corner = Corner.Window, string? note = null);

    Task ClearAsync(CancellationToken cancel = default);
}

public sealed record Book(string Isbn, string Title, decimal? Price = null);

public enum Corner
{
    Window,
    BackWall,
}
