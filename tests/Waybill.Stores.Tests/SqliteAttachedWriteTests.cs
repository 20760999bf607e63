using System.Globalization;
using Microsoft.Data.Sqlite;
using Waybill.Sqlite;

namespace Waybill.Stores.Tests;

public sealed class SqliteAttachedWriteTests : IAsyncDisposable
{
    private readonly SqliteSite site = new();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Values_are_kept_as_documented()
    {
        SqliteStore store = await OpenWithStockAsync();
        DateTimeOffset noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.FromHours(2));
        Guid id = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        (object? Value, string Kept)[] values =
        [
            (null, "null"), (true, "1"), (7, "7"), (1L << 40, "1099511627776"), (2.5, "2.5"), (12.340m, "'12.340'"),
            ("Ünïcode", "'Ünïcode'"), ("", "''"), (id, $"'{id:D}'"), (new byte[] { 1, 255 }, "X'01FF'"),
            (Array.Empty<byte>(), "X''"), (noon, noon.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
        ];

        foreach ((object? value, _) in values)
            await store.ExecuteAsync([new SqlWrite("INSERT INTO stock (copies) VALUES (@v)", ("v", value))], default);

        Assert.Equal(
            values.Select(value => value.Kept.ToUpperInvariant()),
            Read(store, "SELECT QUOTE(copies) FROM stock ORDER BY rowid").Select(kept => kept.ToUpperInvariant()));
    }

    [Fact]
    public async Task The_applications_statements_are_all_run_or_none()
    {
        SqliteStore store = await OpenWithStockAsync();

        await Assert.ThrowsAsync<WriteRefusedException>(() => store.ExecuteAsync(
            [
                new SqlWrite("CREATE TABLE shelf (name TEXT)"),
                new SqlWrite("INSERT INTO stock (isbn) VALUES ('a')"),
                new SqlWrite("UPDATE stock SET copies = 1 WHERE isbn = 'b'") { ExpectRows = 1 },
            ],
            default));

        Assert.Equal(["stock"], Read(store, "SELECT name FROM sqlite_master WHERE name IN ('stock', 'shelf')"));
        Assert.Empty(Read(store, "SELECT isbn FROM stock"));
    }

    [Fact]
    public async Task A_table_that_is_there_already_can_be_created_again()
    {
        SqliteStore store = await OpenWithStockAsync();
        SqlWrite create = new("CREATE TABLE IF NOT EXISTS shelf (name TEXT PRIMARY KEY)");

        await store.ExecuteAsync([create], default);
        await store.ExecuteAsync([create, new SqlWrite("INSERT INTO shelf VALUES ('A1')") { ExpectRows = 1 }], default);

        Assert.Equal(["A1"], Read(store, "SELECT name FROM shelf"));
    }

    [Fact]
    public async Task A_refused_row_count_tells_how_many_there_were()
    {
        SqliteStore store = await OpenWithStockAsync();
        await store.ExecuteAsync([new SqlWrite("INSERT INTO stock (isbn) VALUES ('a'), ('a')")], default);
        SqlWrite write = new("UPDATE stock SET copies = 1 WHERE isbn = @isbn", ("isbn", "a")) { ExpectRows = 1 };

        HopOutcome outcome = await CommitWithAsync(store, write);

        WriteRefusedException error = Assert.IsType<WriteRefusedException>(outcome.Error);
        Assert.Equal((1, 2), (error.Expected, error.Touched));
    }

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("  rollback")]
    [InlineData("SELECT 1")]
    [InlineData("DELETE FROM stock; DELETE FROM ticket")]
    [InlineData("DELETE FROM stock WHERE isbn = @isbn")]
    [InlineData("DELETE FROM shelves")]
    public async Task A_statement_that_cannot_be_attached_fails_its_own_element_only(string sql)
    {
        SqliteStore store = await OpenWithStockAsync();

        HopOutcome outcome = await CommitWithAsync(store, new SqlWrite(sql));

        Assert.Equal(HopStatus.WriteFailed, outcome.Status);
        Assert.NotNull(outcome.Error);
    }

    [Fact]
    public async Task A_statement_that_undoes_the_whole_transaction_fails_its_commit_and_nobody_elses()
    {
        SqliteStore store = await OpenWithStockAsync();
        (WorkerEpoch worker, ClaimedElement order) = await site.StartAsync(store);
        SqlWrite rollback = new("INSERT OR ROLLBACK INTO stock (rowid) VALUES (1), (1)");
        using HeldWriter held = await HeldWriter.HoldAsync(store, site);

        Task<IReadOnlyList<Acceptance>> accepted = store.Elements.AcceptAsync([site.Order()], default);
        Task<IReadOnlyList<HopOutcome>> undone = store.Elements.CommitAsync(
            worker, [SqliteSite.Finish(order) with { Writes = [rollback] }], default);
        held.Release();

        await Assert.ThrowsAsync<SqliteException>(() => undone);
        Assert.True((await accepted)[0].IsNew);
    }

    [Fact]
    public async Task A_value_without_a_parameter_is_refused()
    {
        SqliteStore store = await OpenWithStockAsync();

        HopOutcome outcome = await CommitWithAsync(
            store, new SqlWrite("DELETE FROM stock WHERE isbn = @isbn", ("isnb", "a")));

        Assert.Contains("@isnb", Assert.IsType<ArgumentException>(outcome.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_are_always_new_do_not_pile_up()
    {
        SqliteStore store = await OpenWithStockAsync();

        await store.ExecuteAsync(
            [.. Enumerable.Range(0, 1200).Select(i => new SqlWrite($"INSERT INTO stock (isbn) VALUES ('{i}')"))],
            default);

        Assert.Equal(["1200"], Read(store, "SELECT COUNT(*) FROM stock"));
    }

    private async Task<SqliteStore> OpenWithStockAsync()
    {
        SqliteStore store = await site.OpenAsync();
        await store.ExecuteAsync([new SqlWrite("CREATE TABLE stock (isbn TEXT, copies)")], default);
        return store;
    }

    /// <summary>Commits two hops, the first of which has the write. The second must be applied.</summary>
    private async Task<HopOutcome> CommitWithAsync(SqliteStore store, SqlWrite write)
    {
        (WorkerEpoch worker, ClaimedElement order) = await site.StartAsync(store);
        await store.Elements.AcceptAsync([site.Order()], default);
        ClaimedElement other = Assert.Single(
            await store.Elements.ClaimAsync(worker, [new ClaimRequest(SqliteSite.Pick, 1)], default));

        IReadOnlyList<HopOutcome> outcomes = await store.Elements.CommitAsync(
            worker, [SqliteSite.Finish(order) with { Writes = [write] }, SqliteSite.Finish(other)], default);

        Assert.Equal(HopStatus.Applied, outcomes[1].Status);
        return outcomes[0];
    }

    private static List<string> Read(SqliteStore store, string sql)
    {
        using SqliteConnection reader = store.OpenReader();
        using SqliteCommand command = reader.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        List<string> found = [];
        while (rows.Read())
            found.Add(Convert.ToString(rows.GetValue(0), CultureInfo.InvariantCulture)!);
        return found;
    }
}
