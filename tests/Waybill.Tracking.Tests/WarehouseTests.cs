using System.Text;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public abstract class WarehouseTests : TrackingTestBase
{
    private static readonly FakeTime Time = new();

    private Tracker Tracking => new(Store, Time);

    [Fact]
    public async Task A_family_moves_when_its_last_member_has_ended_and_reads_the_same()
    {
        Rows rows = FamilyOfTwo();
        rows.Add(JournalKind.Finished, Rows.Id(1), 2, Rows.Second);
        await rows.ApplyAsync(Store);
        int early = await Store.MoveAsync(10, Cancel);
        rows.Add(JournalKind.Finished, Rows.Id(2), 1, Rows.First);
        await rows.ApplyAsync(Store);
        Family before = (await Tracking.FamilyAsync(Rows.Id(2)))!;

        int moved = await Store.MoveAsync(10, Cancel);
        Family after = (await Tracking.FamilyAsync(Rows.Id(2)))!;

        Assert.Equal((0, 1), (early, moved));
        Assert.All(after.Root.All(), member => Assert.True(member.Element.IsArchived));
        Assert.Equal(Described(before), Described(after));
        Assert.Equal(2, (await Tracking.EndedAsync(EndedFilter.All)).Items.Count);
        Assert.Equal("order-1", Assert.Single(await Tracking.FindAsync("order-1")).BusinessKey);
    }

    [Theory]
    [InlineData(TrackingStep.FamiliesCopied)]
    [InlineData(TrackingStep.MoveCommitted)]
    internal async Task A_move_that_is_cut_short_neither_loses_nor_doubles(TrackingStep step)
    {
        Rows rows = new();
        for (int i = 0; i < 5; i++)
            rows.Accepted(Rows.Id(i), $"order-{i}").Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First);
        await rows.ApplyAsync(Store);
        Store.Passing = reached => Die(reached == step);
        await Assert.ThrowsAsync<OperationCanceledException>(() => Store.MoveAsync(3, Cancel));

        // The process that died is still looked at by another one; then one takes its place.
        await using TrackingStore reader = Fixture.MakeReader();
        await reader.OpenAsync(Cancel);
        IReadOnlyList<TrackedElement> seen = (await new Tracker(reader, Time).EndedAsync(EndedFilter.All)).Items;
        await reader.DisposeAsync();
        await Fixture.OpenAsync();
        while (await Store.MoveAsync(2, Cancel) > 0)
        {
        }

        IReadOnlyList<TrackedElement> moved = (await Tracking.EndedAsync(EndedFilter.All)).Items;
        Assert.Equal(Keys(5), seen.Select(element => element.BusinessKey));
        Assert.Equal(Keys(5), moved.Select(element => element.BusinessKey));
        Assert.All(moved, element => Assert.True(element.IsArchived));
        foreach (TrackedElement element in moved)
            Assert.Equal(2, (await Tracking.FamilyAsync(element.Id))!.Root.Steps.Count);
    }

    [Fact]
    public async Task A_move_that_failed_is_tried_again_by_the_same_process()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Add(JournalKind.Finished, Rows.Id(1), 1, Rows.First);
        await rows.ApplyAsync(Store);
        Store.Passing = reached => Die(reached == TrackingStep.FamiliesCopied);
        await Assert.ThrowsAsync<OperationCanceledException>(() => Store.MoveAsync(3, Cancel));
        Store.Passing = null;

        Assert.Equal(1, await Store.MoveAsync(3, Cancel));
        Assert.Single((await Tracking.EndedAsync(EndedFilter.All)).Items);
    }

    [Theory]
    [InlineData(TrackingStep.PassWritten)]
    [InlineData(TrackingStep.PassCommitted)]
    internal async Task A_pass_that_is_cut_short_counts_once(TrackingStep step)
    {
        await using Shop shop = new();
        await shop.SubmitAsync("order-1", parcels: 3);
        await shop.Site.RunUntilQuietAsync();
        TrackingFeed feed = shop.Feed(Store, batchMax: 5);
        await feed.PumpOnceAsync(Cancel);
        Store.Passing = reached => Die(reached == step);
        await Assert.ThrowsAsync<OperationCanceledException>(() => feed.PumpOnceAsync(Cancel));
        Store.Passing = null;

        await feed.PumpAllAsync();

        IReadOnlyList<NodeHour> hours =
            await Tracker(shop).HoursAsync(shop.Time.GetUtcNow().AddHours(-1), shop.Time.GetUtcNow().AddHours(1));
        Assert.Equal(3, hours.Single(hour => hour.Node.Node == "pack").Completions);
        Assert.Equal(0, await Tracker(shop).CountAsync(TrackedFilter.All));
    }

    [Fact]
    public async Task A_note_that_comes_after_the_move_is_found_with_its_element()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Add(JournalKind.Finished, Rows.Id(1), 1, Rows.First);
        await rows.ApplyAsync(Store);
        await Store.MoveAsync(10, Cancel);
        rows.Add(JournalKind.ChangeRequested, Rows.Id(1), 1, Rows.First, detail: """{"by":"bob"}""");
        await rows.ApplyAsync(Store);
        await Store.MoveAsync(10, Cancel);

        Family family = (await Tracking.FamilyAsync(Rows.Id(1)))!;

        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Finished, JournalKind.ChangeRequested],
            family.Root.Steps.Select(step => step.Kind));
        Assert.Equal(0, await Tracking.CountAsync(TrackedFilter.All));
        Assert.Single((await Tracking.EndedAsync(EndedFilter.All)).Items);
    }

    [Fact]
    public async Task What_has_ended_is_counted_in_tracking_and_warehouse_as_one()
    {
        Rows rows = new() { Now = new DateTimeOffset(2026, 9, 30, 23, 0, 0, TimeSpan.Zero) };
        for (int i = 0; i < 4; i++)
        {
            rows.Accepted(Rows.Id(i), $"order-{i}").Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First);
            rows.Now = rows.Now.AddMonths(1);
        }

        rows.Accepted(Rows.Id(9), "order-9");
        await rows.ApplyAsync(Store);
        await Store.MoveAsync(2, Cancel);

        Assert.Equal(4, await Tracking.CountEndedAsync(EndedFilter.All));
        Assert.Equal(3, await Tracking.CountEndedAsync(new EndedFilter { Since = rows.Now.AddMonths(-3) }));
        Assert.Equal(
            1, await Tracking.CountEndedAsync(new EndedFilter { BusinessKey = "order-0", Workflow = "orders" }));
        Assert.Equal(0, await Tracking.CountEndedAsync(new EndedFilter { Ending = Ending.Dropped }));
    }

    [Fact]
    public async Task Months_are_dropped_as_a_whole()
    {
        Rows rows = new() { Now = new DateTimeOffset(2026, 9, 30, 23, 0, 0, TimeSpan.Zero) };
        for (int i = 0; i < 3; i++)
        {
            rows.Accepted(Rows.Id(i), $"order-{i}").Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First);
            rows.Now = rows.Now.AddMonths(1);
        }

        await rows.ApplyAsync(Store);
        await Store.MoveAsync(10, Cancel);

        int dropped = await Store.DropMonthsBeforeAsync(new DateOnly(2026, 11, 15), Cancel);

        Assert.Equal(2, dropped);
        Assert.Equal("order-2", Assert.Single((await Tracking.EndedAsync(EndedFilter.All)).Items).BusinessKey);
        IReadOnlyList<WorkflowDay> days = await Tracking.DaysAsync(new DateOnly(2026, 9, 1), new DateOnly(2026, 12, 1));
        Assert.Equal(3, days.Sum(day => day.Accepted));
    }

    [Fact]
    public async Task Personal_data_is_kept_encrypted_and_can_be_erased_everywhere()
    {
        Rows rows = new();
        for (int i = 0; i < 2; i++)
        {
            rows.Accepted(Rows.Id(i), $"order-{i}", facts: $$$"""
                {"attributes":{"country":"SE","street":"Storgatan {{{i}}}"},"personal":["street"],"subject":"ann"}
                """);
            rows.Add(JournalKind.ChangeResolved, Rows.Id(i), 0, Rows.First, detail: """{"difference":"Storgatan"}""");
        }

        rows.Add(JournalKind.Finished, Rows.Id(0), 1, Rows.First);
        await rows.ApplyAsync(Store);
        await Store.MoveAsync(10, Cancel);
        IReadOnlyList<TrackedElement> before = await AllAsync();
        string kept = Encoding.Latin1.GetString(await Fixture.EverythingAsync());
        long ofAnn = await Tracking.CountAsync(new TrackedFilter { Subject = "ann" });

        bool erased = await Store.EraseAsync("ann", Cancel);
        IReadOnlyList<TrackedElement> after = await AllAsync();

        Assert.Equal(["""{"street":"Storgatan 0"}""", """{"street":"Storgatan 1"}"""], before.Select(e => e.Personal));
        Assert.DoesNotContain("Storgatan", kept);
        Assert.Contains("ann", kept);
        Assert.Equal(1, ofAnn);
        Assert.True(erased);
        Assert.All(after, element => Assert.True(element is { Personal: null, IsErased: true, Attributes: not null }));
        Assert.All(after, element => Assert.Equal("""{"country":"SE"}""", element.Attributes));
        Assert.True((await Tracking.FamilyAsync(Rows.Id(0)))!.Root.Steps[1].IsErased);
        Assert.DoesNotContain("ann", Encoding.Latin1.GetString(await Fixture.EverythingAsync()));
        Assert.False(await Store.EraseAsync("ann", Cancel));

        async Task<IReadOnlyList<TrackedElement>> AllAsync() =>
        [
            .. (await Tracking.EndedAsync(EndedFilter.All)).Items,
            .. (await Tracking.ListAsync(TrackedFilter.All)).Items,
        ];
    }

    [Fact]
    public async Task Notes_of_what_an_element_called_are_kept_as_its_own()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1", facts: """
            {"attributes":{"street":"Storgatan"},"personal":["street"],"subject":"ann"}
            """);
        await rows.ApplyAsync(Store);
        rows.Accepted(Rows.Id(2), "parcel-1", caller: Rows.Id(1));
        await rows.ApplyAsync(Store);
        rows.Add(JournalKind.ChangeResolved, Rows.Id(2), 0, Rows.First, detail: """{"difference":"Storgatan"}""");
        await rows.ApplyAsync(Store);
        string kept = Encoding.Latin1.GetString(await Fixture.EverythingAsync());
        string? before = (await Tracking.FamilyAsync(Rows.Id(2)))!.Root.Called[0].Steps[1].Detail;

        await Store.EraseAsync("ann", Cancel);
        FamilyMember after = (await Tracking.FamilyAsync(Rows.Id(2)))!.Root.Called[0];

        Assert.DoesNotContain("Storgatan", kept);
        Assert.Contains("Storgatan", before);
        Assert.True(after.Steps[1] is { IsErased: true, Detail: null });
    }

    [Fact]
    public async Task Notes_stay_readable_when_an_element_becomes_another_subjects()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1", facts: PersonalOf("ann"))
            .Add(JournalKind.ChangeResolved, Rows.Id(1), 0, Rows.First, detail: """{"difference":"Storgatan"}""")
            .Add(JournalKind.Moved, Rows.Id(1), 1, Rows.Second, facts: PersonalOf("bob"));
        await rows.ApplyAsync(Store);
        string? before = (await Tracking.FamilyAsync(Rows.Id(1)))!.Root.Steps[1].Detail;

        await Store.EraseAsync("ann", Cancel);
        FamilyMember after = (await Tracking.FamilyAsync(Rows.Id(1)))!.Root;

        Assert.Contains("Storgatan", before);
        Assert.True(after.Steps[1].IsErased);
        Assert.Contains("bob street", after.Element.Personal);

        static string PersonalOf(string name) =>
            $$$"""{"attributes":{"street":"{{{name}}} street"},"personal":["street"],"subject":"{{{name}}}"}""";
    }

    [Fact]
    public async Task What_has_ended_can_be_exported_as_lines_of_json_and_as_csv()
    {
        Rows rows = FamilyOfTwo();
        rows.Add(JournalKind.Finished, Rows.Id(1), 2, Rows.Second).Add(JournalKind.Failed, Rows.Id(2), 1, Rows.First);
        await rows.ApplyAsync(Store);
        await Store.MoveAsync(10, Cancel);
        StringWriter json = new();
        StringWriter csv = new();

        Exporter exporter = new(Store);
        await exporter.WriteAsync(json, ExportKind.Steps, ExportFormat.JsonLines, EndedFilter.All, Cancel);
        long elements = await exporter.WriteAsync(csv, ExportKind.Elements, ExportFormat.Csv, EndedFilter.All, Cancel);

        string[] lines = csv.ToString().Split("\r\n");
        Assert.Equal((2, 4), (elements, lines.Length));
        Assert.StartsWith("id,site,businessKey,workflow,version,node,", lines[0]);
        Assert.Contains(",\"order \"\"one\"\", the first\",", lines[1]);
        Assert.Equal(5, json.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\"kind\":\"called\"", json.ToString());
    }

    private static Rows FamilyOfTwo() => new Rows()
        .Accepted(Rows.Id(1), "order \\\"one\\\", the first")
        .Add(JournalKind.Called, Rows.Id(1), 1, Rows.Second)
        .Accepted(Rows.Id(2), "order-1", caller: Rows.Id(1));

    private static string Described(Family family) => string.Join(
        '\n',
        family.Root.All().Select(member =>
            $"{member.Element with { IsArchived = false }} {string.Join('|', member.Steps)} "
            + string.Join('|', member.Times)));

    private static IEnumerable<string> Keys(int count) => Enumerable.Range(0, count).Select(i => $"order-{i}");

    private static void Die(bool now)
    {
        if (now)
            throw new OperationCanceledException("the process dies here");
    }
}

public sealed class SqliteWarehouse : WarehouseTests
{
    protected override TrackingFixture Create() => new SqliteTrackingFixture();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresWarehouse(SharedPostgres shared) : WarehouseTests
{
    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);
}
