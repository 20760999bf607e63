using System.Text;
using Waybill.Stores;
using Waybill.Testing;

namespace Waybill.Tracking.Tests;

public abstract class AsideDeskTests : TrackingTestBase
{
    private const string OfAnn = """{"attributes":{"street":"Storgatan"},"personal":["street"],"subject":"ann"}""";
    private static readonly FakeTime Time = new();
    private static readonly Actor Clerk = new("clerk", "the upgrade is here");

    private AsideDesk Desk => new(Store, Time);

    private Tracker Tracking => new(Store, Time);

    [Fact]
    public async Task Rows_that_are_set_aside_are_filtered_counted_and_paged()
    {
        await SetEndsAsideAsync(orders: 5);
        RowSetAside third = (await Desk.ListAsync(AsideFilter.All)).Items[2];

        Page<RowSetAside> first = await Desk.ListAsync(AsideFilter.All, new PageRequest(3));
        Page<RowSetAside> second = await Desk.ListAsync(AsideFilter.All, new PageRequest(3, first.Next));

        Assert.Equal(
            Enumerable.Range(1, 5).Select(Rows.Id), first.Items.Concat(second.Items).Select(row => row.Entry.Element));
        Assert.Null(second.Next);
        Assert.Equal(5, await Desk.CountAsync(AsideFilter.All));
        await AssertOnlyThirdAsync(new AsideFilter { Id = third.Id });
        await AssertOnlyThirdAsync(new AsideFilter { Element = Rows.Id(3), Site = "shop", Workflow = "orders" });
        Assert.Equal(5, await Desk.CountAsync(new AsideFilter { Kind = JournalKind.Finished, Reason = third.Reason }));
        Assert.Equal(0, await Desk.CountAsync(new AsideFilter { Site = "other" }));

        async Task AssertOnlyThirdAsync(AsideFilter filter)
        {
            Assert.Equal(third.Id, Assert.Single((await Desk.ListAsync(filter)).Items).Id);
            Assert.Equal(1, await Desk.CountAsync(filter));
        }
    }

    [Fact]
    public async Task Rows_are_taken_in_by_hand_once_and_each_leaves_a_trace()
    {
        await SetEndsAsideAsync(orders: 3);
        int early = await Desk.RetryAsync(AsideFilter.All, Clerk);
        await Fixture.OpenAsync();

        int one = await Desk.RetryAsync(new AsideFilter { Element = Rows.Id(2) }, Clerk);
        int again = await Desk.RetryAsync(new AsideFilter { Element = Rows.Id(2) }, Clerk);
        int rest = await Desk.RetryAsync(AsideFilter.All, Clerk);

        Page<AsideAct> acts = await Desk.ActsAsync(AsideActFilter.All);
        Assert.Equal((0, 1, 0, 2), (early, one, again, rest));
        Assert.Equal([Rows.Id(2), Rows.Id(1), Rows.Id(3)], acts.Items.Select(act => act.Element));
        Assert.All(acts.Items, act => Assert.Equal(
            (AsideActKind.Retried, "shop", Clerk, Time.GetUtcNow()), (act.Act, act.Site, act.By, act.At)));
        Assert.Equal(2, (await StepsAsync(2)).Count);
        Assert.Equal(0, await Desk.CountAsync(AsideFilter.All));
    }

    [Fact]
    public async Task Rows_that_two_people_try_at_once_are_taken_in_once()
    {
        await SetEndsAsideAsync(orders: 20);
        await Fixture.OpenAsync();

        await Task.WhenAll(TryAsync(), TryAsync());

        Assert.Equal(0, await Desk.CountAsync(AsideFilter.All));
        Assert.Equal(20, await Desk.CountActsAsync(AsideActFilter.All));
        for (int i = 1; i <= 20; i++)
            Assert.Equal(2, (await StepsAsync(i)).Count);

        async Task TryAsync()
        {
            try
            {
                await Task.Run(() => Desk.RetryAsync(AsideFilter.All, Clerk));
            }
            catch (StoreUnavailableException)
            {
                // The other one was first.
            }
        }
    }

    [Fact]
    public async Task Rows_are_dismissed_for_good_with_a_trace_and_hold_their_families_no_longer()
    {
        Rows rows = new();
        for (int i = 1; i <= 3; i++)
            rows.Accepted(Rows.Id(i), $"order-{i}").Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First);
        for (int i = 1; i <= 3; i++)
            rows.Add(JournalKind.Amended, Rows.Id(i), 1, Rows.First, detail: "torn");
        await rows.ApplyAsync(Store);

        int one = await Desk.DismissAsync(new AsideFilter { Element = Rows.Id(2) }, Clerk);
        int moved = await Store.MoveAsync(10, Cancel);
        int rest = await Desk.DismissAsync(AsideFilter.All, Clerk);
        int again = await Desk.DismissAsync(AsideFilter.All, Clerk);

        AsideAct act = Assert.Single(
            (await Desk.ActsAsync(new AsideActFilter { Act = AsideActKind.Dismissed, Element = Rows.Id(2) })).Items);
        Assert.Equal((1, 1, 2, 0), (one, moved, rest, again));
        Assert.Equal(
            (new JournalPosition(8, 1), JournalKind.Amended, "shop", Clerk),
            (act.Position, act.Kind, act.Site, act.By));
        Assert.Equal(3, await Desk.CountActsAsync(AsideActFilter.All));
        Assert.Equal(0, await Store.RetakeAsync("shop", Cancel));
        Assert.Equal(2, await Store.MoveAsync(10, Cancel));
    }

    [Theory]
    [InlineData(OfAnn)]
    [InlineData("""{"attributes":[1],"street":"Storgatan","subject":"ann"}""")]
    [InlineData("torn: Storgatan")]
    public async Task Personal_data_of_a_row_set_aside_is_sealed_and_erased_with_its_subjects_key(string facts)
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1", facts: OfAnn);
        await rows.ApplyAsync(Store);
        Store.NewestKind = JournalKind.Finished - 1;
        rows.Add(JournalKind.Finished, Rows.Id(1), 1, Rows.First, detail: "\"to Storgatan\"", facts: facts);
        await rows.ApplyAsync(Store);
        string kept = await EverythingAsync();
        RowSetAside before = Assert.Single((await Desk.ListAsync(AsideFilter.All)).Items);

        await Store.EraseAsync("ann", Cancel);
        RowSetAside after = Assert.Single((await Desk.ListAsync(AsideFilter.All)).Items);
        await Fixture.OpenAsync();
        int taken = await Desk.RetryAsync(AsideFilter.All, Clerk);

        Assert.DoesNotContain("Storgatan", kept);
        Assert.Equal(("\"to Storgatan\"", facts, false), (before.Entry.Detail, before.Entry.Facts, before.IsErased));
        Assert.Equal((null, null, true), (after.Entry.Detail, after.Entry.Facts, after.IsErased));
        Assert.Equal(1, taken);
        Assert.Equal(Ending.Finished, Assert.Single(await Tracking.FindAsync("order-1")).Ending);
    }

    [Fact]
    public async Task Texts_that_could_not_be_sealed_are_forgotten_in_time_and_what_is_left_is_taken_in()
    {
        Rows rows = new();
        rows.Accepted(Rows.Id(1), "order-1").Accepted(Rows.Id(2), "order-2", facts: OfAnn);
        rows.Add(JournalKind.Amended, Rows.Id(1), 0, Rows.First, detail: "torn: Storgatan");
        rows.Add(JournalKind.Amended, Rows.Id(2), 0, Rows.First, detail: "torn: Lillgatan");
        await rows.ApplyAsync(Store);
        string before = await EverythingAsync();

        int early = await Store.ForgetAsideAsync(rows.Now, Cancel);
        int late = await Store.ForgetAsideAsync(rows.Now.AddSeconds(1), Cancel);
        int again = await Store.ForgetAsideAsync(rows.Now.AddSeconds(1), Cancel);

        IReadOnlyList<RowSetAside> left = (await Desk.ListAsync(AsideFilter.All)).Items;
        Assert.Equal((0, 1, 0), (early, late, again));
        Assert.Contains("Storgatan", before);
        Assert.DoesNotContain("Storgatan", await EverythingAsync());
        Assert.Equal([(null, true), ("torn: Lillgatan", false)], left.Select(row => (row.Entry.Detail, row.IsErased)));
        Assert.Equal(1, await Desk.RetryAsync(AsideFilter.All, Clerk));
        Assert.Equal(2, (await StepsAsync(1)).Count);
    }

    private async Task<IReadOnlyList<TrackedStep>> StepsAsync(int order) =>
        (await Tracking.FamilyAsync(Rows.Id(order)))!.Root.Steps;

    private async Task<string> EverythingAsync() => Encoding.Latin1.GetString(await Fixture.EverythingAsync());

    /// <summary>Orders whose ends come from a newer version.</summary>
    private async Task SetEndsAsideAsync(int orders)
    {
        Rows rows = new();
        for (int i = 1; i <= orders; i++)
            rows.Accepted(Rows.Id(i), $"order-{i}").Add(JournalKind.Finished, Rows.Id(i), 1, Rows.First);
        Store.NewestKind = JournalKind.Finished - 1;
        await rows.ApplyAsync(Store);
    }
}

public sealed class SqliteAsideDesk : AsideDeskTests
{
    protected override TrackingFixture Create() => new SqliteTrackingFixture();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresAsideDesk(SharedPostgres shared) : AsideDeskTests
{
    protected override TrackingFixture Create() => new PostgresTrackingFixture(shared);
}
