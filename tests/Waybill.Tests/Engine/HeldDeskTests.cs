using System.Text;
using Waybill.Stores;
using Waybill.Testing;
using static Waybill.Tests.Engine.HoldSample;

namespace Waybill.Tests.Engine;

public sealed class HeldDeskTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly Workflow<Wave, string> waves;
    private readonly Workflow<Shipment, string> flow;
    private readonly TestSite site;

    public HeldDeskTests()
    {
        waves = Waves();
        flow = Shipments(waves);
        site = new TestSite(flow, waves);
    }

    private HeldDesk<Shipment> Desk => site.Client.Held(flow, Picklist);

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task What_is_held_is_counted_grouped_and_listed_by_its_columns()
    {
        await HoldSomeAsync();

        HeldFilter heavy = Desk.Where(s => s.Zone == "A" && s.Grams >= 200);
        IReadOnlyList<HeldGroup> groups = await Desk.GroupAsync(new HeldQuery
        {
            GroupBy = [HeldQuery.GroupKey],
            Measures = [new HeldMeasure(Desk.Column(s => s.Grams), HeldFunction.Sum)],
        });
        HeldPage page = await Desk.ListAsync(page: new HeldPageRequest(2, Desk.Column(s => s.Grams), Descending: true));
        HeldPage next = await Desk.ListAsync(
            page: new HeldPageRequest(2, Desk.Column(s => s.Grams), Descending: true, After: page.Next));

        Assert.Equal((4, 2), (await Desk.CountAsync(), await Desk.CountAsync(heavy)));
        Assert.Equal(["ground 3 700", "express 1 300"], groups.Select(g => $"{g.Keys[0]} {g.Count} {g.Measures[0]}"));
        Assert.Equal(["d", "c", "b", "a"], page.Items.Concat(next.Items).Select(element => element.BusinessKey));
        Assert.Null(next.Next);
    }

    [Fact]
    public async Task Conditions_read_as_what_they_say()
    {
        await HoldSomeAsync();
        string zone = "A";

        long[] counts =
        [
            await Desk.CountAsync(Desk.Where(s => s.Zone == null)),
            await Desk.CountAsync(Desk.Where(s => s.Zone != zone)),
            await Desk.CountAsync(Desk.Where(s => s.Due < Noon.AddHours(1))),
            await Desk.CountAsync(Desk.Where(s => 300 <= s.Grams && s.Kind == Kind.Fragile)),
            await Desk.CountAsync(Desk.Where(s => s.Kind != Kind.Fragile)),
        ];

        Assert.Equal([1, 1, 1, 1, 3], counts);
        Assert.Throws<ArgumentException>(() => Desk.Where(s => s.Method == "ground"));
        Assert.Throws<ArgumentException>(() => Desk.Where(s => s.Zone == "A" || s.Zone == "B"));
        await Assert.ThrowsAsync<HeldQueryException>(() => Desk.CountAsync(new HeldFilter
        {
            Where = [new HeldCondition("colour", HeldComparison.Equal, HeldValue.Of("red"))],
        }));
    }

    [Fact]
    public async Task A_person_releases_what_matches_and_the_journal_keeps_who_and_what()
    {
        await HoldSomeAsync();

        ReleasedBatch released = await Desk.ReleaseAsync(Desk.Where(s => s.Zone == "A"), Clerk, max: 1);
        ReleasedBatch none = await Desk.ReleaseAsync(new HeldFilter { Group = "none" }, Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal((1, 0, null), (released.Members, none.Members, none.Batch));
        Assert.Equal("Finished: by clerk", await site.ResultAsync(flow, "a"));
        JournalEntry entry =
            (await site.Store.Journal.HistoryAsync(new(released.Batch!.Value), new(), default)).Items[0];
        Assert.Equal(JournalKind.Released, entry.Kind);
        Assert.All(
            ["\"by\":\"clerk\"", "\"reason\":\"a test\"", "zone is"], part => Assert.Contains(part, entry.Detail));
    }

    [Fact]
    public async Task An_amended_element_goes_to_another_group_and_keeps_what_this_version_does_not_know()
    {
        ElementId id = await site.HoldAsync(flow, "1");
        HeldDesk untyped = site.Client.Held(new NodeAddress("shipments", 1, "picklist"));

        bool byPatch = await untyped.AmendAsync(id, """{"method":"express","later":true}""", Clerk);
        bool byCode = await Desk.AmendAsync(id, s => s with { Grams = 5 }, Clerk);
        bool ofStranger = await Desk.AmendAsync(default, s => s, Clerk);

        HeldElement held = Assert.Single((await Desk.ListAsync(new HeldFilter { Group = "express" })).Items);
        ElementDetails details = (await site.Store.Directory.FindAsync(ElementRef.Of(id), default))!;
        Assert.Equal((true, true, false), (byPatch, byCode, ofStranger));
        Assert.Equal(5m, held.Values[1].Number);
        Assert.Contains("\"later\":true", Encoding.UTF8.GetString(details.Data.Span));
        Assert.Equal(
            [JournalKind.Accepted, JournalKind.Amended, JournalKind.Amended], await site.HistoryAsync(id));
    }

    [Fact]
    public async Task An_amendment_that_cannot_be_held_changes_nothing()
    {
        ElementId id = await site.HoldAsync(flow, "1");

        RouteException error = await Assert.ThrowsAsync<RouteException>(
            () => Desk.AmendAsync(id, s => s with { Method = "" }, Clerk));

        Assert.Equal("waybill.held-row", error.Code);
        Assert.Equal(1, await Desk.CountAsync(new HeldFilter { Group = "ground" }));
    }

    [Fact]
    public async Task What_is_dropped_or_cancelled_ends_and_leaves_the_queue()
    {
        await HoldSomeAsync();

        int dropped = await Desk.DropAsync(new HeldFilter { Group = "ground" }, Clerk);
        await site.Client.CancelAsync(ElementRef.Of("shipments", "c"), Clerk);
        await site.RunUntilQuietAsync();

        Assert.Equal(3, dropped);
        Assert.Equal(0, await Desk.CountAsync());
        Assert.Equal(Ending.Dropped, (await site.Client.StatusAsync(flow, "a"))!.Ending);
        Assert.Equal(Ending.Cancelled, (await site.Client.StatusAsync(flow, "c"))!.Ending);
    }

    [Fact]
    public void A_node_that_holds_nothing_has_no_desk() =>
        Assert.Throws<ArgumentException>(() => site.Client.Held(waves, Pick));

    private async Task HoldSomeAsync()
    {
        await site.HoldAsync(flow, "a", new Shipment(Grams: 100, Due: Noon));
        await site.HoldAsync(flow, "b", new Shipment(Grams: 200, Zone: null));
        await site.HoldAsync(flow, "c", new Shipment("express", Grams: 300, Due: Noon.AddHours(2)));
        await site.HoldAsync(flow, "d", new Shipment(Grams: 400, Kind: Kind.Fragile));
    }
}
