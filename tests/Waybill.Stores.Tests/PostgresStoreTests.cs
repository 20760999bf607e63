using System.Text;
using Npgsql;
using Waybill.Postgres;

namespace Waybill.Stores.Tests;

/// <summary>What is particular to PostgreSQL: opening, the journal's cursor, notifications.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresStoreTests(SharedPostgres shared) : IAsyncLifetime
{
    private static readonly NodeAddress Authorise = new("orders", 1, "authorise");

    private readonly string schema = shared.NextSchema();
    private readonly List<PostgresStore> stores = [];
    private int lastId;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (PostgresStore store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Processes_that_start_together_create_the_schema_once()
    {
        PostgresStore[] all = [.. Enumerable.Range(0, 4).Select(_ => Make())];

        await Task.WhenAll(all.Select(store => store.OpenAsync(CancellationToken.None)));

        await Task.WhenAll(all.Select(AcceptAsync));
        Assert.Equal(4, await all[0].Directory.CountAsync(ElementFilter.All, CancellationToken.None));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await OpenAsync();
        await RunAsync("update {0}.schema_version set version = version + 1");

        StoreVersionException refused = await Assert.ThrowsAsync<StoreVersionException>(OpenAsync);

        Assert.Equal(refused.Known + 1, refused.Found);
    }

    [Fact]
    public async Task A_server_that_can_lose_what_it_has_acknowledged_is_refused_unless_that_is_allowed()
    {
        PostgresStore store = new(shared.Server.ConnectionString(), new PostgresStoreOptions { Schema = schema });
        stores.Add(store);

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.OpenAsync(CancellationToken.None));

        Assert.Contains("fsync", refused.Message);
    }

    [Fact]
    public void Options_are_checked_when_the_store_is_made()
    {
        PostgresStoreOptions options = new() { Schema = "Orders\"", StatementTimeMax = TimeSpan.Zero };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => new PostgresStore("Host=nowhere", options));

        Assert.Contains(nameof(options.Schema), refused.Message);
        Assert.Contains(nameof(options.StatementTimeMax), refused.Message);
    }

    [Fact]
    public async Task Another_process_is_told_where_elements_have_arrived()
    {
        PostgresStore one = await OpenAsync();
        PostgresStore other = await OpenAsync();
        TaskCompletionSource<NodeAddress> heard = new();
        other.Arrived += node => heard.TrySetResult(node);
        await other.Listening;

        await AcceptAsync(one);

        Assert.Equal(Authorise, await heard.Task);
    }

    [Fact]
    public async Task The_journal_holds_back_what_an_open_transaction_could_still_precede()
    {
        PostgresStore store = await OpenAsync();
        await AcceptAsync(store);
        await using NpgsqlConnection late = new(shared.Server.ConnectionString());
        await late.OpenAsync();
        NpgsqlTransaction open = await late.BeginTransactionAsync();
        await RunAsync(
            """
            insert into {0}.journal (at, worked, element, n, hop, node, kind)
            select now(), 0, id, 1, 99, node, 1 from {0}.element
            """,
            late);
        await AcceptAsync(store);

        IReadOnlyList<JournalEntry> before = await ReadAsync(store, default);
        await open.CommitAsync();
        IReadOnlyList<JournalEntry> after = await ReadAsync(store, before[^1].Position);

        Assert.Equal([0], before.Select(entry => entry.Hop));
        Assert.Equal([99, 0], after.Select(entry => entry.Hop));
    }

    [Fact]
    public async Task Rows_written_after_a_backup_was_restored_into_a_younger_cluster_come_behind_those_in_it()
    {
        PostgresStore store = await OpenAsync();
        await AcceptAsync(store);
        await RunAsync("update {0}.journal set tx = (tx::text::bigint + 1000000000)::text::xid8");
        await store.DisposeAsync();

        store = await OpenAsync();
        await AcceptAsync(store);
        IReadOnlyList<JournalEntry> rows = await ReadAsync(store, default);

        Assert.Equal(2, rows.Count);
        Assert.True(rows[0].At < rows[1].At);
        Assert.Empty(await ReadAsync(store, rows[1].Position));
        Assert.Single(await ReadAsync(store, rows[0].Position));
    }

    [Fact]
    public async Task Text_that_PostgreSQL_cannot_keep_does_not_fail_the_commit()
    {
        PostgresStore store = await OpenAsync();
        await AcceptAsync(store);
        WorkerEpoch worker = await store.Workers.RegisterAsync("worker", TimeSpan.FromHours(1), CancellationToken.None);
        ClaimedElement order = Assert.Single(await store.Elements.ClaimAsync(
            worker, [new ClaimRequest(Authorise, 1)], CancellationToken.None));
        Hop fails = new()
        {
            Key = order.Key,
            Id = order.Id,
            From = order.Hop,
            Node = order.Node,
            To = new Destination.End(Ending.Failed, default, "zero \0 and half a pair \ud83d"),
            Kind = JournalKind.Failed,
            Data = default,
        };

        await store.Elements.CommitAsync(worker, [fails], CancellationToken.None);

        TicketRecord? ticket = await store.Tickets.FindAsync(ElementRef.Of(order.Id), CancellationToken.None);
        Assert.Equal("zero \ufffd and half a pair \ufffd", ticket!.Reason);
    }

    [Fact]
    public async Task More_elements_than_a_block_of_numbers_are_accepted_in_one_transaction()
    {
        PostgresStore store = await OpenAsync();
        NewElement[] many = [.. Enumerable.Range(0, 5000).Select(_ => New())];

        IReadOnlyList<Acceptance> accepted = await store.Elements.AcceptAsync(many, CancellationToken.None);

        Assert.Equal(many.Select(element => element.Id), accepted.Select(acceptance => acceptance.Id));
        Assert.All(accepted, acceptance => Assert.True(acceptance.IsNew));
        Assert.Equal(5000, await store.Directory.CountAsync(ElementFilter.All, CancellationToken.None));
    }

    [Fact]
    public async Task Old_tickets_behind_very_many_of_elements_in_flight_are_purged_in_the_end()
    {
        PostgresStore store = await OpenAsync();
        await RunAsync(
            """
            insert into {0}.ticket (key, accepted_at, ended_at, id, workflow, business_key)
            select n, now() - interval '9 days', case when n in (10001, 10002) then now() - interval '8 days' end,
                gen_random_uuid(), 'orders', n::text
            from generate_series(1, 10002) n
            """);
        DateTimeOffset weekAgo = DateTimeOffset.UtcNow.AddDays(-7);

        int[] purged = new int[6];
        for (int pass = 0; pass < purged.Length; pass++)
            purged[pass] = await store.Tickets.PurgeAsync(weekAgo, 1, default);

        // Each call looks at 10,000; behind the last it begins again.
        Assert.Equal([0, 1, 1, 0, 0, 0], purged);
        Assert.Equal(10_000, await store.Tickets.CountAsync(TicketFilter.All, default));
    }

    private PostgresStore Make()
    {
        PostgresStore store = new(
            shared.Server.ConnectionString(), new PostgresStoreOptions { Schema = schema, AllowsLossOnCrash = true });
        stores.Add(store);
        return store;
    }

    private async Task<PostgresStore> OpenAsync()
    {
        PostgresStore store = Make();
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    private NewElement New()
    {
        int id = Interlocked.Increment(ref lastId);
        return new NewElement(
            new ElementId(new Guid(id, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1)), new QueueSlot(Authorise), $"order-{id}",
            Encoding.UTF8.GetBytes("{}"));
    }

    private Task AcceptAsync(PostgresStore store) => store.Elements.AcceptAsync([New()], CancellationToken.None);

    private static Task<IReadOnlyList<JournalEntry>> ReadAsync(PostgresStore store, JournalPosition after) =>
        store.Journal.ReadAsync(after, 100, CancellationToken.None);

    private async Task RunAsync(string sql, NpgsqlConnection? connection = null)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(shared.Server.ConnectionString());
        await using NpgsqlConnection own = source.CreateConnection();
        if (connection is null)
            await own.OpenAsync();
        await using NpgsqlCommand command = new(sql.Replace("{0}", schema), connection ?? own);
        await command.ExecuteNonQueryAsync();
    }
}
