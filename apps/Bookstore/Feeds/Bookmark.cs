using Bookstore.Storage;
using Waybill;

namespace Bookstore.Feeds;

/// <summary>
/// Up to which entry a feed was submitted. Written after the submissions: some entries may be submitted twice, which
/// their business keys make harmless.
/// </summary>
public sealed class Bookmark(Database database)
{
    /// <summary>Null when the feed was never begun.</summary>
    public async Task<long?> FindAsync(string feed, CancellationToken cancel) =>
        (await database.ReadAsync(
            "SELECT position FROM shop_feed WHERE name = @name", row => (long?)row.GetInt64(0), cancel, ("name", feed)))
        .SingleOrDefault();

    public Task MoveAsync(string feed, long position, CancellationToken cancel) => database.WriteAsync(
        [
            new SqlWrite(
                """
                INSERT INTO shop_feed (name, position) VALUES (@name, @position)
                ON CONFLICT (name) DO UPDATE SET position = @position
                """,
                ("name", feed),
                ("position", position)),
        ],
        cancel);
}
