using Microsoft.Data.Sqlite;
using Waybill.Sqlite;
using Waybill.Sqlite.Native;

namespace Waybill.Stores.Tests;

/// <summary>Work of several callers in one transaction.</summary>
public sealed class SqliteWriterTests : IAsyncDisposable
{
    private readonly SqliteSite site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Work_that_breaks_a_shared_transaction_fails_alone()
    {
        SqliteStore store = await site.OpenAsync();
        NewElement first = site.Order();
        NewElement same = site.Order() with { Id = first.Id };
        using HeldWriter held = await HeldWriter.HoldAsync(store, site);

        Task<IReadOnlyList<Acceptance>> accepted = store.Elements.AcceptAsync([first], default);
        Task<IReadOnlyList<Acceptance>> spoiled = store.Elements.AcceptAsync([site.Order(), same], default);
        Task<IReadOnlyList<Acceptance>> acceptedToo = store.Elements.AcceptAsync([site.Order()], default);
        held.Release();

        await Assert.ThrowsAsync<SqliteException>(() => spoiled);
        Assert.True((await accepted)[0].IsNew);
        Assert.True((await acceptedToo)[0].IsNew);
        Assert.Equal(3, await store.Directory.CountAsync(ElementFilter.All, default));
    }

    [Fact]
    public async Task A_worker_that_lost_its_epoch_fails_alone()
    {
        SqliteStore store = await site.OpenAsync();
        (WorkerEpoch worker, ClaimedElement order) = await site.StartAsync(store);
        using HeldWriter held = await HeldWriter.HoldAsync(store, site);

        Task<IReadOnlyList<Acceptance>> accepted = store.Elements.AcceptAsync([site.Order()], default);
        Task left = store.Workers.LeaveAsync(worker, default);
        Task<IReadOnlyList<HopOutcome>> lost = store.Elements.CommitAsync(worker, [SqliteSite.Finish(order)], default);
        held.Release();

        await Assert.ThrowsAsync<EpochLostException>(() => lost);
        await left;
        Assert.True((await accepted)[0].IsNew);
    }

    [Fact]
    public async Task A_node_that_was_named_in_an_undone_transaction_can_be_named_again()
    {
        SqliteStore store = await site.OpenAsync();
        NewElement first = site.Order();
        NewElement elsewhere = site.Order() with { Slot = new QueueSlot(SqliteSite.Pack) };
        await store.Elements.AcceptAsync([first], default);
        await Assert.ThrowsAsync<SqliteException>(
            () => store.Elements.AcceptAsync([elsewhere, site.Order() with { Id = first.Id }], default));

        await store.Elements.AcceptAsync([elsewhere], default);

        ElementDetails? found = await store.Directory.FindAsync(ElementRef.Of(elsewhere.Id), default);
        Assert.Equal(SqliteSite.Pack, found?.Summary.Node);
    }

    [Fact]
    public async Task A_number_that_was_taken_in_an_undone_transaction_is_not_taken_again()
    {
        SqliteStore before = await site.OpenAsync();
        NewElement order = site.Order();
        await Assert.ThrowsAsync<SqliteException>(
            () => before.Elements.AcceptAsync([order, site.Order() with { Id = order.Id }], default));
        await before.Elements.AcceptAsync([order], default);
        long key = (await before.Directory.FindAsync(ElementRef.Of(order.Id), default))!.Key;
        await before.DisposeAsync();
        SqliteStore store = await site.OpenAsync();
        NewElement next = site.Order();

        await store.Elements.AcceptAsync([next], default);

        Assert.True((await store.Directory.FindAsync(ElementRef.Of(next.Id), default))!.Key > key);
    }

    [Fact]
    public async Task Work_that_nobody_waits_for_any_more_is_not_begun()
    {
        SqliteStore store = await site.OpenAsync();
        using CancellationTokenSource gone = new();
        using HeldWriter held = await HeldWriter.HoldAsync(store, site);
        Task<IReadOnlyList<Acceptance>> accept = store.Elements.AcceptAsync([site.Order()], gone.Token);

        await gone.CancelAsync();
        held.Release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        Assert.Equal(1, await store.Directory.CountAsync(ElementFilter.All, default));
    }

    [Fact]
    public async Task A_handler_of_arrivals_that_throws_breaks_the_store_loudly_but_not_what_was_committed()
    {
        SqliteStore store = await site.OpenAsync();
        store.Arrived += _ => throw new InvalidOperationException("a bug");

        Assert.True((await store.Elements.AcceptAsync([site.Order()], default))[0].IsNew);

        StoreBrokenException error = await Assert.ThrowsAsync<StoreBrokenException>(
            () => store.Elements.AcceptAsync([site.Order()], default));
        Assert.Contains("a bug", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SQLitePCL.raw.SQLITE_FULL, typeof(StoreUnavailableException))]
    [InlineData(SQLitePCL.raw.SQLITE_BUSY, typeof(StoreUnavailableException))]
    [InlineData(SQLitePCL.raw.SQLITE_IOERR_SHMSIZE, typeof(CommitOutcomeUnknownException))]
    [InlineData(SQLitePCL.raw.SQLITE_IOERR_FSYNC, typeof(StoreBrokenException))]
    [InlineData(SQLitePCL.raw.SQLITE_IOERR_WRITE, typeof(StoreBrokenException))]
    [InlineData(SQLitePCL.raw.SQLITE_CORRUPT, typeof(StoreBrokenException))]
    [InlineData(SQLitePCL.raw.SQLITE_READONLY, typeof(StoreBrokenException))]
    [InlineData(SQLitePCL.raw.SQLITE_MISUSE, typeof(StoreBrokenException))]
    [InlineData(SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE, typeof(SqliteException))]
    public void Faults_are_told_in_the_words_of_the_contract(int code, Type expected)
    {
        Exception error = new SqliteFault(code, "what SQLite said").InWordsOfContract("site.db");

        Assert.IsType(expected, error);
    }
}
