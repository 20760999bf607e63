using System.Text;
using Npgsql;
using Waybill.Postgres;
using Waybill.Postgres.Connections;
using Waybill.Testing;

namespace Waybill.Stores.Tests;

/// <summary>What a store says and does when its server, or its connection to it, goes away.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private static readonly NodeAddress Authorise = new("orders", 1, "authorise");
    private static readonly NodeAddress Ship = new("orders", 1, "ship");

    private PostgresServer server = null!;
    private PostgresStore store = null!;
    private WorkerEpoch worker;
    private int lastId;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.StartNewAsync();
        store = new PostgresStore(server.ConnectionString());
        await store.OpenAsync(CancellationToken.None);
        worker = await store.Workers.RegisterAsync("worker", TimeSpan.FromHours(1), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task After_a_crash_of_the_server_what_was_accepted_is_there_and_the_store_goes_on()
    {
        Acceptance before = await AcceptAsync();

        await server.CrashAsync();
        await Assert.ThrowsAnyAsync<Exception>(AcceptAsync);
        await Assert.ThrowsAsync<StoreUnavailableException>(AcceptAsync);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.Directory.CountAsync(ElementFilter.All, CancellationToken.None));
        await server.StartAsync();
        Acceptance after = await AcceptAsync();

        Assert.Equal([before.Id, after.Id], (await ClaimAsync()).Select(element => element.Id));
    }

    [Fact]
    public async Task A_commit_that_loses_its_connection_is_unknown_and_the_fence_tells_what_became_of_it()
    {
        await AcceptAsync();
        ClaimedElement order = Assert.Single(await ClaimAsync());
        await using NpgsqlConnection other = await HoldAsync("select 1 from waybill.place for update");

        Task<IReadOnlyList<HopOutcome>> commit = CommitAsync(order);
        await EndWaitingAsync(other);

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => commit);
        await other.CloseAsync();
        ElementFence fence = Assert.Single(await store.Elements.FencesAsync([order.Key], CancellationToken.None));
        Assert.Equal(order.Hop, fence.Hop);
        Assert.Equal(HopStatus.Applied, Assert.Single(await CommitAsync(order)).Status);
    }

    [Fact]
    public async Task What_a_claim_took_whose_answer_got_lost_is_claimed_by_the_next()
    {
        Acceptance order = await AcceptAsync();
        await using NpgsqlConnection other = await HoldAsync("select 1 from waybill.worker for update");

        Task<IReadOnlyList<ClaimedElement>> claim = ClaimAsync();
        await EndWaitingAsync(other);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => claim);
        await other.CloseAsync();
        // The claim was undone here; had it come through, this is what it would have left.
        await RunAsync($"update waybill.place set state = 3, owner = {worker.Value}, claim = 1, attempts = 1");

        ClaimedElement claimed = Assert.Single(await ClaimAsync());
        Assert.Equal(order.Id, claimed.Id);
        Assert.Equal(1, claimed.Attempt);
    }

    [Fact]
    public async Task A_deadlock_is_not_seen_by_the_caller()
    {
        await AcceptAsync();
        ClaimedElement order = Assert.Single(await ClaimAsync());
        await using NpgsqlConnection other = await HoldAsync("select 1 from waybill.place for update");

        // The commit has locked its worker and waits for the place, which the other holds while it asks for the worker.
        Task<IReadOnlyList<HopOutcome>> commit = CommitAsync(order);
        await FindWaitingAsync(other);
        await using (NpgsqlCommand ask = new("select 1 from waybill.worker for update", other))
            await ask.ExecuteNonQueryAsync().ContinueWith(_ => { }, TaskScheduler.Default);
        await other.CloseAsync();

        Assert.Equal(HopStatus.Applied, Assert.Single(await commit).Status);
    }

    [Fact]
    public async Task A_commit_whose_rest_fails_when_a_part_is_written_is_unknown_and_the_fence_tells()
    {
        await AcceptAsync();
        await AcceptAsync();
        IReadOnlyList<ClaimedElement> orders = await ClaimAsync();
        await RunAsync(
            $$"""
            update waybill.place set replied = true where key = {{orders[1].Key}};
            create function refuse() returns trigger language plpgsql as 'begin raise exception $$a test$$; end';
            create trigger refuse before insert on waybill.journal for each row
            when (new.element = '{{orders[1].Id}}') execute function refuse();
            """);

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => CommitAsync(orders));
        IReadOnlyList<ElementFence> fences =
            await store.Elements.FencesAsync([.. orders.Select(order => order.Key)], CancellationToken.None);

        Assert.Equal([orders[0].Hop + 1, orders[1].Hop], fences.OrderBy(fence => fence.Key).Select(one => one.Hop));
        await Assert.ThrowsAsync<PostgresException>(() => CommitAsync(orders[1]));
    }

    [Fact]
    public async Task What_a_commit_wrote_before_it_was_undone_by_a_deadlock_does_not_count_as_applied()
    {
        await AcceptAsync();
        await AcceptAsync();
        IReadOnlyList<ClaimedElement> orders = await ClaimAsync();
        Hop ends = ToShip(orders[1]) with
        {
            To = new Destination.End(Ending.Finished, default, null),
            ConsumesReplies = true,
        };
        await RunAsync(
            $$"""
            create sequence tries;
            create function deadlock_once() returns trigger language plpgsql as
            'begin if nextval($$tries$$) = 1 then raise exception $$a test$$ using errcode = $$40P01$$; end if;
                return new; end';
            create trigger deadlock_once before update on waybill.ticket for each row execute function deadlock_once();
            create sequence moves;
            create function miss_second() returns trigger language plpgsql as
            'begin if nextval($$moves$$) = 2 then return null; end if; return new; end';
            create trigger miss_second before update on waybill.element for each row
            when (old.key = {{orders[0].Key}}) execute function miss_second();
            """);

        IReadOnlyList<HopOutcome> outcomes = await store.Elements.CommitAsync(
            worker, [ToShip(orders[0]), ends], CancellationToken.None);

        Assert.All(outcomes, outcome => Assert.Equal(HopStatus.Applied, outcome.Status));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Moved],
            (await store.Journal.HistoryAsync(new(orders[0].Id), new(), CancellationToken.None)).Items
                .Select(row => row.Kind));
    }

    [Fact]
    public async Task A_worker_that_is_returned_to_its_queue_waits_for_the_commit_that_is_under_way()
    {
        await AcceptAsync();
        ClaimedElement order = Assert.Single(await ClaimAsync());
        await using NpgsqlConnection other = await HoldAsync("select 1 from waybill.place for update");
        Task<IReadOnlyList<HopOutcome>> commit = CommitAsync(order);
        await FindWaitingAsync(other);

        Task leave = store.Workers.LeaveAsync(worker, CancellationToken.None);
        await FindWaitingAsync(other, sessions: 2);
        await other.CloseAsync();

        Assert.Equal(HopStatus.Applied, Assert.Single(await commit).Status);
        await leave;
        await Assert.ThrowsAsync<EpochLostException>(ClaimAsync);
    }

    [Theory]
    [InlineData("53100", "ERROR", typeof(StoreUnavailableException))]
    [InlineData("57014", "ERROR", typeof(StoreUnavailableException))]
    [InlineData("25006", "ERROR", typeof(StoreUnavailableException))]
    [InlineData("57P01", "FATAL", typeof(CommitOutcomeUnknownException))]
    [InlineData("23505", "ERROR", null)]
    public void An_answer_of_the_server_during_a_commit_means(string state, string severity, Type? expected)
    {
        PostgresException answer = new("no", severity, severity, state);

        Assert.Equal(expected, Faults.Translate(answer, mayHaveCommitted: true)?.GetType());
    }

    private async Task<Acceptance> AcceptAsync()
    {
        ElementId id = new(new Guid(++lastId, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1));
        return Assert.Single(await store.Elements.AcceptAsync(
            [new NewElement(id, new QueueSlot(Authorise), $"order-{lastId}", Encoding.UTF8.GetBytes("{}"))],
            CancellationToken.None));
    }

    private Task<IReadOnlyList<ClaimedElement>> ClaimAsync() =>
        store.Elements.ClaimAsync(worker, [new ClaimRequest(Authorise, 10)], CancellationToken.None);

    private Task<IReadOnlyList<HopOutcome>> CommitAsync(params IEnumerable<ClaimedElement> elements) =>
        store.Elements.CommitAsync(worker, [.. elements.Select(ToShip)], CancellationToken.None);

    private static Hop ToShip(ClaimedElement element) => new()
    {
        Key = element.Key,
        Id = element.Id,
        From = element.Hop,
        Node = element.Node,
        To = new Destination.Enqueue(new QueueSlot(Ship)),
        Kind = JournalKind.Moved,
        Data = element.Data,
    };

    /// <summary>Holds locks in a transaction until the connection is closed.</summary>
    private async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        NpgsqlConnection other = new($"{server.ConnectionString()};Pooling=false");
        await other.OpenAsync();
        await using NpgsqlCommand hold = new($"begin; {sql}", other);
        await hold.ExecuteNonQueryAsync();
        return other;
    }

    // Asks until the store's sessions have come to the lock; the server says so, no time is assumed.
    private static async Task<int> FindWaitingAsync(NpgsqlConnection other, int sessions = 1)
    {
        while (true)
        {
            await using NpgsqlCommand find = new(
                """
                select pg_stat_clear_snapshot();
                select min(pid), count(*) from pg_stat_activity
                where wait_event_type = 'Lock' and datname = current_database()
                """,
                other);
            await using NpgsqlDataReader reader = await find.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            if (reader.GetInt64(1) >= sessions)
                return reader.GetInt32(0);
        }
    }

    private static async Task EndWaitingAsync(NpgsqlConnection other)
    {
        int waiting = await FindWaitingAsync(other);
        await using NpgsqlCommand end = new($"select pg_terminate_backend({waiting})", other);
        await end.ExecuteNonQueryAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString());
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
