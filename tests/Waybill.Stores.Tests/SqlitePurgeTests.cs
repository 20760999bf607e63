using Waybill.Sqlite;

namespace Waybill.Stores.Tests;

public sealed class SqlitePurgeTests : IAsyncDisposable
{
    private readonly SqliteSite site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Old_tickets_behind_very_many_of_elements_in_flight_are_purged_in_the_end()
    {
        await (await site.OpenAsync()).DisposeAsync();
        site.Execute(
            """
            WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 10002)
            INSERT INTO ticket (key, id, workflow, business_key, accepted_at, ended_at)
            SELECT n, randomblob(16), 'orders', n, 1, CASE WHEN n > 10000 THEN 2 END FROM many
            """);
        SqliteStore store = await site.OpenAsync();

        int[] purged = new int[6];
        for (int pass = 0; pass < purged.Length; pass++)
            purged[pass] = await store.Tickets.PurgeAsync(site.Time.GetUtcNow(), 1, default);

        // Each call looks at 10,000; behind the last it begins again.
        Assert.Equal([0, 1, 1, 0, 0, 0], purged);
        Assert.Equal(10_000, await store.Tickets.CountAsync(TicketFilter.All, default));
    }
}
