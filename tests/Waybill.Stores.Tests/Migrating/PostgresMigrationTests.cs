using System.Text.RegularExpressions;
using Npgsql;
using Waybill.Postgres;

namespace Waybill.Stores.Tests.Migrating;

[Collection(PostgresTests.Name)]
public sealed class PostgresMigrationTests(SharedPostgres shared) : IAsyncLifetime
{
    // Ids are written short, and made whole below.
    private const string Orders =
        """
        select setval('waybill.epoch', 1);
        insert into waybill.node (workflow, version, node) values
            ('orders', 1, 'authorise'), ('orders', 1, 'ship'), ('orders', 1, 'join'), ('parts', 1, 'pack');
        insert into waybill.worker (epoch, lease_until, name) values (1, '2026-01-01', 'old');
        insert into waybill.element (key, accepted_at, moved_at, caller_key, id, caller_id, hop, node, arrived_hop,
            caller_hop, caller_slot, business_key, data)
        values
            (1, now(), now(), null, #1, null, 0, 1, 0, null, null, 'order-1', '{"number":1}'),
            (2, now(), now(), null, #2, null, 2, 2, 2, null, null, 'order-2', '{}'),
            (3, now(), now(), null, #3, null, 1, 3, 1, null, null, 'order-3', '{}'),
            (4, now(), now(), 3, #4, #3, 0, 4, 0, 1, 0, 'order-3/0', '{}'),
            (5, now(), now(), null, #5, null, 1, 1, 0, null, null, 'order-5', '{}'),
            (7, now(), now(), null, #7, null, 1, 2, 1, null, null, 'order-7', '{}');
        insert into waybill.place (key, owner, claim, node, rank, hop, attempts, pending, state, signal) values
            (1, null, null, 1, 0, 0, 0, 0, 0, null), (2, 1, 1, 1, 0, 0, 1, 0, 3, null),
            (3, null, null, 3, 0, 1, 0, 1, 4, null), (4, null, null, 4, 0, 0, 0, 0, 0, null),
            (5, null, null, 1, 0, 1, 3, 0, 6, null), (7, null, null, 2, 0, 1, 0, 0, 5, 'paid');
        insert into waybill.sidelined (key, at, node, attempts, type, message, at_node)
            values (5, now(), 1, 3, 'Bank', 'is away', 'authorise');
        insert into waybill.ticket (key, accepted_at, ended_at, id, ending, workflow, business_key, result) values
            (1, now(), null, #1, null, 'orders', 'order-1', null),
            (2, now(), null, #2, null, 'orders', 'order-2', null),
            (3, now(), null, #3, null, 'orders', 'order-3', null),
            (5, now(), null, #5, null, 'orders', 'order-5', null),
            (6, now(), now(), #6, 0, 'orders', 'order-6', '"sent"'),
            (7, now(), null, #7, null, 'orders', 'order-7', null);
        insert into waybill.journal (at, worked, element, n, hop, node, kind) values
            (now(), 0, #1, 1, 0, 1, 0), (now(), 0, #2, 2, 0, 1, 0), (now(), 0, #3, 3, 0, 1, 0),
            (now(), 0, #4, 4, 0, 4, 0), (now(), 0, #5, 5, 0, 1, 0), (now(), 0, #6, 6, 0, 1, 0),
            (now(), 0, #7, 7, 0, 1, 0);
        """;

    private readonly string schema = shared.NextSchema();
    private readonly List<PostgresStore> stores = [];

    public async ValueTask InitializeAsync() => await RunAsync(
        $"""
        create schema waybill;
        create table waybill.schema_version (version integer not null);
        insert into waybill.schema_version values (1);
        {Script()}
        {Regex.Replace(Orders, "#([0-9])", "'00000000-0000-0000-0000-00000000000$1'")}
        """);

    public async ValueTask DisposeAsync()
    {
        foreach (PostgresStore store in stores)
            await store.DisposeAsync();
        await RunAsync("drop schema waybill cascade");
    }

    [Fact]
    public async Task A_database_of_the_first_version_is_brought_up_to_date_and_everything_in_it_goes_on()
    {
        PostgresStore store = Make();

        await store.OpenAsync(default);

        await OldOrders.AssertKeptAsync(store);
        await OldOrders.GoOnAsync(store);
    }

    [Fact]
    public async Task Processes_that_start_together_bring_it_up_to_date_once()
    {
        PostgresStore[] all = [.. Enumerable.Range(0, 4).Select(_ => Make())];

        await Task.WhenAll(all.Select(store => store.OpenAsync(default)));

        await OldOrders.AssertKeptAsync(all[3]);
    }

    [Fact]
    public async Task Changing_tables_is_not_cut_short_by_the_time_limit_of_statements()
    {
        await RunAsync(
            """
            create table waybill.limits (seen text not null);
            create function waybill.note() returns event_trigger language plpgsql as
            $$ begin insert into waybill.limits values (current_setting('statement_timeout')); end $$;
            create event trigger note_limits on ddl_command_end execute function waybill.note();
            """);
        try
        {
            PostgresStore store = Make();
            await store.OpenAsync(default);
            await store.Held.DeclareAsync([new HeldQueue(OldOrders.Ship, [], _ => new HeldRow("", []))], default);
        }
        finally
        {
            await RunAsync("drop event trigger note_limits");
        }

        Assert.Equal(["0"], await ReadAsync("select distinct seen from waybill.limits"));
        Assert.Equal(["1"], await ReadAsync("select count(*)::text from waybill.held_queue"));
    }

    private PostgresStore Make()
    {
        PostgresStore store = new(
            shared.Server.ConnectionString(), new PostgresStoreOptions { Schema = schema, AllowsLossOnCrash = true });
        stores.Add(store);
        return store;
    }

    private static string Script()
    {
        using Stream script = typeof(PostgresStore).Assembly.GetManifestResourceStream(
            "Waybill.Postgres.Migrations.001_initial.sql")!;
        return new StreamReader(script).ReadToEnd();
    }

    private async Task<List<string>> ReadAsync(string sql)
    {
        List<string> values = [];
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(shared.Server.ConnectionString());
        await using NpgsqlCommand command = source.CreateCommand(Placed(sql));
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            values.Add(row.GetString(0));
        return values;
    }

    private async Task RunAsync(string sql)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(shared.Server.ConnectionString());
        await using NpgsqlCommand command = source.CreateCommand(Placed(sql));
        await command.ExecuteNonQueryAsync();
    }

    private string Placed(string sql) => sql
        .Replace("waybill.", $"{schema}.", StringComparison.Ordinal)
        .Replace("schema waybill", $"schema {schema}", StringComparison.Ordinal);
}
