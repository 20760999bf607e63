using System.Text;
using Microsoft.Data.Sqlite;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public abstract class AsideTests : TrackingTestBase
{
    private const JournalKind FromTheFuture = JournalKind.ChangeResolved + 1;
    private static readonly FakeTime Time = new();

    private Tracker Tracking => new(Store, Time);

    private AsideDesk Desk => new(Store, Time);

    [Theory]
    [InlineData(JournalKind.Accepted, "{\"key\":", null)]
    [InlineData(JournalKind.Accepted, "{\"key\":7}", null)]
    [InlineData(JournalKind.Accepted, "{\"key\":\"k\",\"caller\":\"nobody\"}", null)]
    [InlineData(JournalKind.Accepted, "[]", null)]
    [InlineData(JournalKind.Amended, "who knows", null)]
    [InlineData(JournalKind.Sidelined, "torn\0", null)]
    [InlineData(JournalKind.Moved, null, "{\"attributes\":[1]}")]
    [InlineData(JournalKind.Moved, null, "{\"attributes\":{\"city\":\"\\ud800\"}}")]
    [InlineData(JournalKind.Moved, null, "no facts")]
    [InlineData(FromTheFuture, null, null)]
    public async Task A_row_that_cannot_be_read_is_set_aside_with_its_reason_and_others_go_on(
        JournalKind kind, string? detail, string? facts)
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1");
        rows.Add(kind, Rows.Id(2), 1, Rows.Second, detail: detail, facts: facts);
        rows.Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second);

        await rows.ApplyAsync(Store);

        RowSetAside aside = Assert.Single((await Desk.ListAsync(AsideFilter.All)).Items);
        Assert.Equal(("shop", new JournalPosition(2, 1), kind), (aside.Site, aside.Entry.Position, aside.Entry.Kind));
        Assert.Equal((Rows.Id(2), Rows.Second, detail, facts),
            (aside.Entry.Element, aside.Entry.Node, aside.Entry.Detail, aside.Entry.Facts));
        Assert.NotEmpty(aside.Reason);
        Assert.Equal("second", Assert.Single(await Tracking.FindAsync("order-1")).Node.Node);
        Assert.Equal(1, await Tracking.CountAsync(TrackedFilter.All));
    }

    [Fact]
    public async Task Rows_of_a_newer_version_are_taken_in_after_the_upgrade_as_if_they_had_never_been_aside()
    {
        await using Shop shop = new();
        await shop.SubmitAsync("order-1", parcels: 2);
        await shop.Site.RunUntilQuietAsync();
        Store.NewestKind = JournalKind.Finished - 1;
        TrackingFeed old = shop.Feed(Store);
        await old.PumpAllAsync();
        Assert.Equal(3, old.RowsAside);
        Assert.Equal(0, await Store.MoveAsync(10, Cancel));

        await Fixture.OpenAsync();
        TrackingFeed upgraded = shop.Feed(Store);
        await upgraded.PumpAllAsync();

        Assert.Equal((0, 0), (upgraded.RowsAside, await Tracker(shop).CountAsync(TrackedFilter.All)));
        Assert.Equal(0, await Desk.CountAsync(AsideFilter.All));
        IReadOnlyList<NodeHour> hours = await Tracker(shop).HoursAsync(
            shop.Time.GetUtcNow().AddHours(-1), shop.Time.GetUtcNow().AddHours(1));
        Assert.Equal((2, 1), (Completed(hours, "pack"), Completed(hours, "complete")));
        Assert.Equal(1, await Store.MoveAsync(10, Cancel));
    }

    [Fact]
    public async Task An_acceptance_taken_in_late_completes_an_element_that_has_gone_on_and_moves_nothing()
    {
        Rows rows = new();
        rows.Add(FromTheFuture, Rows.Id(1), 0, Rows.First, detail: """{"key":"order-1"}""");
        rows.Now += TimeSpan.FromMinutes(1);
        rows.Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second);
        rows.Add(JournalKind.Finished, Rows.Id(1), 2, Rows.Second);
        await rows.ApplyAsync(Store);
        int early = await Store.MoveAsync(10, Cancel);
        await RewriteAsync($"kind = {(int)JournalKind.Accepted}");

        int taken = await Store.RetakeAsync("shop", Cancel);
        int again = await Store.RetakeAsync("shop", Cancel);

        TrackedElement element = Assert.Single(await Tracking.FindAsync("order-1"));
        Assert.Equal((0, 1, 0), (early, taken, again));
        Assert.Equal((Ending.Finished, rows.Now.AddMinutes(-1)), (element.Ending, element.AcceptedAt));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Moved, JournalKind.Finished],
            (await Tracking.FamilyAsync(Rows.Id(1)))!.Root.Steps.Select(step => step.Kind));
        Assert.Equal(0, await Tracking.CountAsync(TrackedFilter.All));
        Assert.Equal(1, await Store.MoveAsync(10, Cancel));
    }

    [Fact]
    public async Task A_family_with_a_row_aside_keeps_no_other_family_from_the_warehouse()
    {
        Rows rows = new();
        for (int i = 1; i <= 2; i++)
            rows.Accepted(Rows.Id(i), $"order-{i}").Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First);
        rows.Add(JournalKind.Amended, Rows.Id(1), 1, Rows.First, detail: "torn");
        await rows.ApplyAsync(Store);

        int moved = await Store.MoveAsync(1, Cancel);
        int more = await Store.MoveAsync(1, Cancel);

        Assert.Equal((1, 0), (moved, more));
        Assert.False(Assert.Single(await Tracking.FindAsync("order-1")).IsArchived);
        Assert.True(Assert.Single(await Tracking.FindAsync("order-2")).IsArchived);
    }

    [Theory]
    [InlineData(TrackingStep.PassWritten)]
    [InlineData(TrackingStep.PassCommitted)]
    internal async Task A_row_is_set_aside_once_although_the_process_dies_in_the_middle(TrackingStep step)
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Add(FromTheFuture, Rows.Id(1), 1, Rows.Second);
        TrackingPass pass = rows.Pass();
        Store.Passing = reached => Die(reached == step);
        await Assert.ThrowsAsync<OperationCanceledException>(() => Store.ApplyAsync(pass, Cancel));

        await Fixture.OpenAsync();
        bool applied = await Store.ApplyAsync(pass, Cancel);

        Assert.Equal(step == TrackingStep.PassWritten, applied);
        Assert.Equal(1, await Store.CountAsideAsync("shop", Cancel));
        Assert.Equal(1, await Tracking.CountAsync(TrackedFilter.All));
    }

    [Fact]
    public async Task Rows_that_an_older_version_set_aside_in_plain_text_are_sealed_when_a_feed_starts()
    {
        const string Personal = """{"attributes":[1],"street":"Storgatan","subject":"ann"}""";
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second, facts: Personal);
        await rows.ApplyAsync(Store);
        await RewriteAsync($"subject = null, facts = {Written(Personal)}");

        int taken = await Store.RetakeAsync("shop", Cancel);

        Assert.Equal(0, taken);
        Assert.Equal(Personal, Assert.Single((await Desk.ListAsync(AsideFilter.All)).Items).Entry.Facts);
        await Store.EraseAsync("ann", Cancel);
        Assert.True(Assert.Single((await Desk.ListAsync(AsideFilter.All)).Items).IsErased);
    }

    /// <summary>Changes what is set aside: what an upgrade would know how to read.</summary>
    protected abstract Task RewriteAsync(string assignment);

    /// <summary>The bytes of a text, as the database's language writes them.</summary>
    protected abstract string Written(string text);

    private static void Die(bool isNow)
    {
        if (isNow)
            throw new OperationCanceledException("the process died");
    }

    private static long Completed(IReadOnlyList<NodeHour> hours, string node) =>
        hours.Where(hour => hour.Node.Node == node).Sum(hour => hour.Completions);
}

public sealed class SqliteAside : AsideTests
{
    [Fact]
    public async Task A_row_that_does_not_fit_its_element_is_set_aside_and_the_pass_goes_on_without_it()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Accepted(Rows.Id(2), "part-1", caller: Rows.Id(1));
        await rows.ApplyAsync(Store);
        await RunAsync("DELETE FROM element WHERE root = key");

        rows.Accepted(Rows.Id(3), "order-3").Add(JournalKind.Finished, Rows.Id(2), 1, Rows.First);
        await rows.ApplyAsync(Store);

        AsideDesk desk = new(Store, new FakeTime());
        RowSetAside aside = Assert.Single((await desk.ListAsync(AsideFilter.All)).Items);
        Assert.Equal((Rows.Id(2), JournalKind.Finished), (aside.Entry.Element, aside.Entry.Kind));
        Assert.Contains("missing", aside.Reason);
        Assert.Single(await new Tracker(Store, new FakeTime()).FindAsync("order-3"));
    }

    protected override TrackingFixture Create() => new SqliteTrackingFixture();

    protected override Task RewriteAsync(string assignment) => RunAsync($"UPDATE aside SET {assignment}");

    protected override string Written(string text) => $"X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";

    private async Task RunAsync(string sql)
    {
        await using SqliteConnection connection = new($"Data Source={((SqliteTrackingFixture)Fixture).File}");
        await connection.OpenAsync(Cancel);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}

[Collection(PostgresTests.Name)]
public sealed class PostgresAside(SharedPostgres shared) : AsideTests
{
    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);

    protected override async Task RewriteAsync(string assignment)
    {
        await using Npgsql.NpgsqlDataSource source = Npgsql.NpgsqlDataSource.Create(shared.Server.ConnectionString());
        await using Npgsql.NpgsqlCommand command = source.CreateCommand(
            $"update {((PostgresTrackingFixture)Fixture).Schema}.aside set {assignment}");
        await command.ExecuteNonQueryAsync(Cancel);
    }

    protected override string Written(string text) => $"'\\x{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";
}
