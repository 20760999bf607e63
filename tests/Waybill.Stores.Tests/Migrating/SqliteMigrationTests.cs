using System.Text.RegularExpressions;
using Waybill.Sqlite;

namespace Waybill.Stores.Tests.Migrating;

public sealed class SqliteMigrationTests : IAsyncDisposable
{
    // Ids are written short, and made whole below.
    private const string Orders =
        """
        UPDATE counter SET value = CASE name WHEN 'number' THEN 7 ELSE 1 END;
        INSERT INTO node (id, workflow, version, name) VALUES
            (1, 'orders', 1, 'authorise'), (2, 'orders', 1, 'ship'), (3, 'orders', 1, 'join'), (4, 'parts', 1, 'pack');
        INSERT INTO worker (epoch, name, lease_until) VALUES (1, 'old', 0);
        INSERT INTO element (key, id, node, hop, arrived_hop, moved_at, business_key, caller_key, caller_id, caller_hop,
            caller_slot, accepted_at, data)
        VALUES
            (1, #1, 1, 0, 0, 9, 'order-1', NULL, NULL, NULL, NULL, 1, '{"number":1}'),
            (2, #2, 2, 2, 2, 9, 'order-2', NULL, NULL, NULL, NULL, 2, '{}'),
            (3, #3, 3, 1, 1, 9, 'order-3', NULL, NULL, NULL, NULL, 3, '{}'),
            (4, #4, 4, 0, 0, 9, 'order-3/0', 3, #3, 1, 0, 4, '{}'),
            (5, #5, 1, 1, 0, 9, 'order-5', NULL, NULL, NULL, NULL, 5, '{}'),
            (7, #7, 2, 1, 1, 9, 'order-7', NULL, NULL, NULL, NULL, 7, '{}');
        INSERT INTO place (key, node, state, rank, owner, hop, attempts, line, pending_calls, join_mode, signal, cancel)
        VALUES
            (1, 1, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 0), (2, 1, 3, 0, 1, 0, 1, 0, 0, 0, NULL, 0),
            (3, 3, 4, 0, NULL, 1, 0, 0, 1, 0, NULL, 0), (4, 4, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 0),
            (5, 1, 6, 0, NULL, 1, 3, 0, 0, 0, NULL, 0), (7, 2, 5, 0, NULL, 1, 0, 0, 0, 0, 'paid', 0);
        INSERT INTO sidelined (key, at, type, message, node, attempts) VALUES (5, 9, 'Bank', 'is away', 'authorise', 3);
        INSERT INTO ticket (key, id, workflow, business_key, accepted_at, ending, ended_at, result) VALUES
            (1, #1, 'orders', 'order-1', 1, NULL, NULL, NULL),
            (2, #2, 'orders', 'order-2', 2, NULL, NULL, NULL),
            (3, #3, 'orders', 'order-3', 3, NULL, NULL, NULL),
            (5, #5, 'orders', 'order-5', 5, NULL, NULL, NULL),
            (6, #6, 'orders', 'order-6', 6, 0, 9, '"sent"'),
            (7, #7, 'orders', 'order-7', 7, NULL, NULL, NULL);
        INSERT INTO journal (number, at, kind, element, hop, node, worked) VALUES
            (1, 1, 0, #1, 0, 1, 0), (2, 2, 0, #2, 0, 1, 0),
            (3, 3, 0, #3, 0, 1, 0), (4, 4, 0, #4, 0, 4, 0),
            (5, 5, 0, #5, 0, 1, 0), (6, 6, 0, #6, 0, 1, 0),
            (7, 7, 0, #7, 0, 1, 0);
        """;

    private readonly SqliteSite site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_to_date_and_everything_in_it_goes_on()
    {
        site.Execute(Script());
        site.Execute(Regex.Replace(Orders, "#([0-9])", $"x'{new string('0', 31)}$1'"));
        site.Execute("PRAGMA user_version = 1");

        SqliteStore store = await site.OpenAsync();

        await OldOrders.AssertKeptAsync(store);
        await OldOrders.GoOnAsync(store);
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_not_read_by_one_who_may_not_write()
    {
        site.Execute(Script());
        site.Execute("PRAGMA user_version = 1");

        InvalidOperationException refused =
            await Assert.ThrowsAsync<InvalidOperationException>(() => site.OpenAsync(isReadOnly: true));

        Assert.Contains("Open it for writing once", refused.Message, StringComparison.Ordinal);
    }

    private static string Script()
    {
        using Stream script = typeof(SqliteStore).Assembly.GetManifestResourceStream(
            "Waybill.Sqlite.Migrations.001_initial.sql")!;
        return new StreamReader(script).ReadToEnd();
    }
}
