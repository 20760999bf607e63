using Npgsql;
using Waybill.Postgres;
using Waybill.Stores;

namespace Waybill.Tracking.Tests;

[Collection(PostgresTests.Name)]
public sealed class LateRowTests(SharedPostgres shared) : TrackingTestBase
{
    private static readonly NodeAddress Node = new("orders", 1, "first");

    [Fact]
    public async Task A_row_of_a_transaction_that_commits_late_is_not_passed_over()
    {
        string schema = shared.NextSchema();
        await using PostgresStore site = new(
            shared.Server.ConnectionString(), new PostgresStoreOptions { Schema = schema, AllowsLossOnCrash = true });
        await site.OpenAsync(Cancel);
        TrackingFeed feed = new("site", site, Store, new TrackingOptions(), TimeProvider.System);
        await AcceptAsync(site, 1);
        Assert.Equal(1, await feed.PumpOnceAsync(Cancel));

        // Its number is given out now, before that of the second order; its row comes after it.
        await using NpgsqlConnection late = new(shared.Server.ConnectionString());
        await late.OpenAsync();
        await using NpgsqlTransaction transaction = await late.BeginTransactionAsync();
        await RunAsync(late, "select pg_current_xact_id()");
        await AcceptAsync(site, 2);
        int heldBack = await feed.PumpOnceAsync(Cancel);
        await RunAsync(
            late,
            $"insert into {schema}.journal (n, at, kind, element, hop, node, worked) "
            + $"select 1, now(), {(int)JournalKind.Failed}, '{Rows.Id(1)}', 1, id, 0 from {schema}.node");
        await transaction.CommitAsync();
        int rows = await feed.PumpOnceAsync(Cancel);

        Tracker tracker = new(Store, TimeProvider.System);
        Assert.Equal((0, 2), (heldBack, rows));
        Assert.Equal(Ending.Failed, (await tracker.FindAsync("order-1"))[0].Ending);
        Assert.Null((await tracker.FindAsync("order-2"))[0].Ending);
    }

    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);

    private static async Task AcceptAsync(PostgresStore site, int number) => await site.Elements.AcceptAsync(
        [new NewElement(Rows.Id(number), new QueueSlot(Node), $"order-{number}", "{}"u8.ToArray())], Cancel);

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
