using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class HeldQueriesConformance : HeldConformance
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // A character above U+FFFF comes after all others, though its UTF-16 form begins with a lower number.
    private static readonly string[] Ordered = ["A \"b\"", "B'", "a", "é", "\uFF21", "\U0001F4DA"];

    [Fact]
    public async Task Pages_show_each_element_once_the_one_held_longest_first()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync([.. Enumerable.Repeat(new Shipment(), 3)]);
        await Fixture.AdvanceAsync(Hour);
        ids = [.. ids, .. await HoldAsync([.. Enumerable.Repeat(new Shipment(), 2)])];

        Assert.Equal(ids, await PagedAsync(new HeldPageRequest(Size: 2)));
        Assert.Equal(ids.Reverse(), await PagedAsync(new HeldPageRequest(Size: 2, Descending: true)));
        Assert.Null((await ListAsync(page: new HeldPageRequest(Size: 5))).Next);
    }

    [Theory]
    [InlineData("zone")]
    [InlineData("WEIGHTGRAMS")]
    [InlineData("promisedBy")]
    public async Task Pages_are_sorted_by_any_column_empty_ones_first(string column)
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(
            new Shipment(Zone: "b", Weight: 10, By: Noon + Hour),
            new Shipment(),
            new Shipment(Zone: "a", Weight: -9.5m, By: Noon),
            new Shipment(),
            new Shipment(Zone: "a", Weight: -9.5m, By: Noon));
        ElementId[] expected = [ids[1], ids[3], ids[2], ids[4], ids[0]];

        Assert.Equal(expected, await PagedAsync(new HeldPageRequest(Size: 1, SortBy: column)));
        Assert.Equal(
            expected.Reverse(), await PagedAsync(new HeldPageRequest(Size: 2, SortBy: column, Descending: true)));
    }

    [Fact]
    public async Task Text_is_kept_as_it_is_and_ordered_by_code_points()
    {
        await HoldAsync([.. Ordered.Reverse().Select(text => new Shipment(text, text))]);

        HeldPage page = await ListAsync(page: new HeldPageRequest(SortBy: "zone"));

        Assert.Equal(Ordered, page.Items.Select(held => held.Values[0].Text));
        Assert.Equal(Ordered, page.Items.Select(held => held.Group));
        HeldFilter filter = new() { Group = "B'", Where = [Where("zone", HeldComparison.Greater, HeldValue.Of("A"))] };
        Assert.Equal("B'", Assert.Single((await ListAsync(filter)).Items).Group);
    }

    [Fact]
    public async Task Numbers_are_exact_and_instants_go_to_the_microsecond()
    {
        DateTimeOffset by = Noon.AddTicks(12_345_678);
        await HoldAsync(
            new Shipment(Zone: "1", Weight: 100_000_000_000_000m),
            new Shipment(Zone: "2", Weight: -0.0001m, By: by),
            new Shipment(Zone: "3", Weight: 0.1m, By: by.ToOffset(5 * Hour)),
            new Shipment(Zone: "4", Weight: 0.2m));

        HeldPage page = await ListAsync(page: new HeldPageRequest(SortBy: "zone"));
        HeldGroup all = Assert.Single(await GroupAsync(new HeldQuery
        {
            Measures = [new HeldMeasure("weightGrams", HeldFunction.Sum)],
        }));

        Assert.Equal(
            [100_000_000_000_000m, -0.0001m, 0.1m, 0.2m], page.Items.Select(held => held.Values[1].Number!.Value));
        Assert.Equal(Noon.AddTicks(12_345_670), page.Items[1].Values[2].Instant);
        Assert.Equal(page.Items[1].Values[2], page.Items[2].Values[2]);
        Assert.Equal(100_000_000_000_000.2999m, all.Measures[0].Number);
    }

    [Theory]
    [InlineData(HeldComparison.Equal, "2")]
    [InlineData(HeldComparison.NotEqual, "134")]
    [InlineData(HeldComparison.Less, "1")]
    [InlineData(HeldComparison.LessOrEqual, "12")]
    [InlineData(HeldComparison.Greater, "3")]
    [InlineData(HeldComparison.GreaterOrEqual, "23")]
    public async Task A_condition_compares_a_column_of_any_type(HeldComparison comparison, string expected)
    {
        await HoldAsync(
            new Shipment("1", "a", 1, Noon),
            new Shipment("2", "b", 2, Noon + Hour),
            new Shipment("3", "c", 3, Noon + (2 * Hour)),
            new Shipment("4"));

        Assert.Equal(expected, await GroupsAsync(Where("ZONE", comparison, HeldValue.Of("b"))));
        Assert.Equal(expected, await GroupsAsync(Where("weightGrams", comparison, HeldValue.Of(2.0m))));
        Assert.Equal(expected, await GroupsAsync(Where("promisedBy", comparison, HeldValue.Of(Noon + Hour))));
    }

    [Fact]
    public async Task Empty_columns_are_found_by_no_value_and_all_conditions_must_hold()
    {
        await HoldAsync(new Shipment("1", "a", 1), new Shipment("2", "a"), new Shipment("3", Weight: 3));

        Assert.Equal("3", await GroupsAsync(Where("zone", HeldComparison.Equal, HeldValue.None)));
        Assert.Equal("12", await GroupsAsync(Where("zone", HeldComparison.NotEqual, HeldValue.None)));
        Assert.Equal(
            "2",
            await GroupsAsync(
                Where("zone", HeldComparison.Equal, HeldValue.Of("a")),
                Where("weightGrams", HeldComparison.NotEqual, HeldValue.Of(1))));
    }

    [Fact]
    public async Task A_filter_names_elements_a_group_and_how_long_they_are_held()
    {
        IReadOnlyList<ElementId> ids = await HoldAsync(new Shipment("air"), new Shipment("road"));
        await Fixture.AdvanceAsync(2 * Hour);
        ids = [.. ids, .. await HoldAsync(new Shipment("air"))];

        Assert.Equal([ids[0], ids[2]], Ids(await ListAsync(new HeldFilter { Group = "air" })));
        Assert.Equal([ids[0], ids[1]], Ids(await ListAsync(new HeldFilter { HeldBefore = Fixture.Now - Hour })));
        Assert.Equal([ids[1], ids[2]], Ids(await ListAsync(new HeldFilter { Ids = [ids[2], NewId(), ids[1]] })));
        Assert.Empty(Ids(await ListAsync(new HeldFilter { Ids = [] })));
        Assert.Empty(Ids(await ListAsync(new HeldFilter { Group = "Air" })));
        Assert.Equal([ids[2]], Ids(await ListAsync(new HeldFilter { Group = "air", Ids = [ids[1], ids[2]] })));
    }

    [Fact]
    public async Task Groups_are_counted_and_measured_the_largest_first()
    {
        await HoldAsync(new Shipment("air", "a", 1.5m, Noon + Hour), new Shipment("road", "b", 7));
        await Fixture.AdvanceAsync(Hour);
        await HoldAsync(new Shipment("air", "a", 2, Noon), new Shipment("air", "a"), new Shipment("air"));

        IReadOnlyList<HeldGroup> groups = await GroupAsync(new HeldQuery
        {
            GroupBy = ["group", "Zone"],
            Filter = new HeldFilter { Group = "air" },
            Measures =
            [
                new HeldMeasure("weightGrams", HeldFunction.Sum),
                new HeldMeasure("weightGrams", HeldFunction.Max),
                new HeldMeasure("promisedBy", HeldFunction.Min),
                new HeldMeasure("zone", HeldFunction.Max),
            ],
        });

        Assert.Equal(2, groups.Count);
        Assert.Equal([HeldValue.Of("air"), HeldValue.Of("a")], groups[0].Keys);
        Assert.Equal(3, groups[0].Count);
        AssertNear(Fixture.Now - Hour, groups[0].OldestAt!.Value);
        Assert.Equal(
            [HeldValue.Of(3.5m), HeldValue.Of(2), HeldValue.Of(Noon), HeldValue.Of("a")], groups[0].Measures);
        Assert.Equal([HeldValue.Of("air"), HeldValue.None], groups[1].Keys);
        Assert.Equal([HeldValue.Of(0), HeldValue.None, HeldValue.None, HeldValue.None], groups[1].Measures);
    }

    [Fact]
    public async Task Without_columns_to_group_by_there_is_one_group_of_all()
    {
        await DeclareAsync();
        HeldQuery query = new()
        {
            Measures =
            [
                new HeldMeasure("weightGrams", HeldFunction.Sum), new HeldMeasure("weightGrams", HeldFunction.Min),
            ],
        };

        HeldGroup none = Assert.Single(await GroupAsync(query));
        await HoldAsync(new Shipment(Weight: 2), new Shipment("road", Weight: 3));
        HeldGroup all = Assert.Single(await GroupAsync(query));

        Assert.Equal((0, null), (none.Count, none.OldestAt));
        Assert.Equal([HeldValue.Of(0), HeldValue.None], none.Measures);
        Assert.Equal(2, all.Count);
        Assert.Equal([HeldValue.Of(5), HeldValue.Of(2)], all.Measures);
        Assert.Empty(await GroupAsync(query with
        {
            GroupBy = [HeldQuery.GroupKey],
            Filter = new HeldFilter { Group = "sea" },
        }));
    }

    [Fact]
    public async Task A_gate_keeps_to_the_groups_of_which_it_is_true()
    {
        await HoldAsync(new Shipment("air", Weight: 2), new Shipment("road", Weight: 5), new Shipment("sea"));
        await Fixture.AdvanceAsync(2 * Hour);
        await HoldAsync(new Shipment("air", Weight: 2), new Shipment("rail", Weight: 1));

        Assert.Equal("air", await HavingAsync(new HeldGate { MinCount = 2 }));
        Assert.Equal("air road", await HavingAsync(new HeldGate { SumColumn = "weightGrams", MinSum = 4 }));
        Assert.Equal("air road sea", await HavingAsync(new HeldGate { OldestAt = Fixture.Now - Hour }));
        Assert.Equal("air rail", await HavingAsync(new HeldGate { CompleteBy = "weightGrams" }));
        Assert.Equal("", await HavingAsync(new HeldGate { MinCount = 2, SumColumn = "weightGrams", MinSum = 5 }));
    }

    [Fact]
    public async Task A_question_that_cannot_be_answered_is_refused()
    {
        await DeclareAsync();

        await RefusedAsync(() => ListAsync(page: new HeldPageRequest(SortBy: "colour")));
        await RefusedAsync(() => GroupsAsync(Where("colour", HeldComparison.Equal, HeldValue.Of("red"))));
        await RefusedAsync(() => GroupsAsync(Where("zone", HeldComparison.Equal, HeldValue.Of(1))));
        await RefusedAsync(() => GroupsAsync(Where("weightGrams", HeldComparison.Less, HeldValue.None)));
        await RefusedAsync(() => GroupAsync(new HeldQuery { GroupBy = ["colour"] }));
        await RefusedAsync(() => GroupAsync(new HeldQuery { Measures = [new HeldMeasure("zone", HeldFunction.Sum)] }));
        await RefusedAsync(() => HavingAsync(new HeldGate { SumColumn = "zone" }));
        await RefusedAsync(() => TryReleaseAsync(NewRelease(gate: new HeldGate { CompleteBy = "promisedBy" })));
        await RefusedAsync(() => TryReleaseAsync(NewRelease(new HeldFilter
        {
            Where = [Where("zone;--", HeldComparison.Equal, HeldValue.Of("a"))],
        })));
    }

    private static HeldCondition Where(string column, HeldComparison comparison, HeldValue value) =>
        new(column, comparison, value);

    private static IEnumerable<ElementId> Ids(HeldPage page) => page.Items.Select(held => held.Id);

    private static async Task RefusedAsync(Func<Task> ask) => await Assert.ThrowsAsync<HeldQueryException>(ask);

    private async Task<string> GroupsAsync(params HeldCondition[] where) =>
        string.Concat((await ListAsync(new HeldFilter { Where = where })).Items.Select(held => held.Group).Order());

    private async Task<string> HavingAsync(HeldGate gate) => string.Join(
        ' ',
        (await GroupAsync(new HeldQuery { GroupBy = [HeldQuery.GroupKey], Having = gate }))
            .Select(group => group.Keys[0].Text).Order(StringComparer.Ordinal));

    private async Task<IReadOnlyList<ElementId>> PagedAsync(HeldPageRequest first)
    {
        List<ElementId> ids = [];
        for (HeldPageRequest? request = first; request is not null;)
        {
            HeldPage page = await ListAsync(page: request);
            Assert.True(page.Items.Count <= first.Size);
            ids.AddRange(Ids(page));
            request = page.Next is { } next
                ? new HeldPageRequest(first.Size, first.SortBy, first.Descending, next)
                : null;
        }

        return ids;
    }
}
