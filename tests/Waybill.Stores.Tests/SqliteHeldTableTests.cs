using System.Text.Json;
using Microsoft.Data.Sqlite;
using Waybill.Sqlite;
using Xunit;

namespace Waybill.Stores.Tests;

/// <summary>The tables of aggregation queues, as they stand in the database.</summary>
public sealed class SqliteHeldTableTests : IAsyncLifetime
{
    private static readonly NodeAddress Picklist = new("orders", 1, "picklist");
    private static readonly HeldColumn Zone = new("zone", HeldType.Text);
    private static readonly HeldColumn Weight = new("weightGrams", HeldType.Number);
    private static readonly HeldColumn Promised = new("promisedBy", HeldType.Instant);

    private readonly SqliteSite site = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Each_declared_column_is_a_real_column_and_stands_in_indexes()
    {
        SqliteStore store = await site.OpenAsync();

        await store.Held.DeclareAsync([Queue(Zone, Weight, Promised)], Cancel);

        string[] columns = await ReadAsync(
            store, "SELECT c.name || ' ' || c.type FROM pragma_table_info('held_1') c ORDER BY c.cid");
        Assert.Equal(
            [
                "key INTEGER", "group_key TEXT", "held_at INTEGER", "zone TEXT", "weight_grams INTEGER",
                "promised_by INTEGER",
            ],
            columns);
        string[] indexed = await ReadAsync(
            store,
            "SELECT (SELECT group_concat(name) FROM pragma_index_info(i.name)) FROM pragma_index_list('held_1') i "
            + "ORDER BY 1");
        Assert.Equal(
            [
                "group_key,held_at,zone,weight_grams,promised_by", "held_at",
                "zone,held_at,group_key,weight_grams,promised_by",
            ],
            indexed);
    }

    [Fact]
    public async Task Values_are_kept_as_numbers_and_text_that_other_programs_can_read()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Held.DeclareAsync([Queue(Zone, Weight, Promised)], Cancel);

        await HoldAsync(store, "express", "A", 12.5m, DateTimeOffset.UnixEpoch.AddSeconds(3));

        Assert.Equal(
            ["express|A|125000|3000000"],
            await ReadAsync(
                store, "SELECT group_key || '|' || zone || '|' || weight_grams || '|' || promised_by FROM held_1"));
    }

    [Fact]
    public async Task Columns_may_be_called_as_those_that_each_table_has()
    {
        SqliteStore store = await site.OpenAsync();
        HeldColumn[] columns =
            [new("key", HeldType.Text), new("groupKey", HeldType.Text), new("heldAt", HeldType.Text),
            new("rowid", HeldType.Text), new("order", HeldType.Text)];
        HeldRow row = new("g", [.. "abcde".Select(letter => HeldValue.Of(letter.ToString()))]);

        await store.Held.DeclareAsync([new HeldQueue(Picklist, columns, _ => row)], Cancel);
        await store.Elements.AcceptAsync([site.Order() with { Slot = new QueueSlot(Picklist, Held: row) }], Cancel);

        HeldPage page = await store.Held.ListAsync(
            Picklist,
            new HeldFilter { Where = [new HeldCondition("HELDAT", HeldComparison.Equal, HeldValue.Of("c"))] },
            new HeldPageRequest(SortBy: "key"),
            Cancel);
        Assert.Equal(row.Values, Assert.Single(page.Items).Values);
    }

    [Fact]
    public async Task Declaring_other_columns_rebuilds_the_table_from_the_data()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Held.DeclareAsync([Queue(Zone)], Cancel);
        await HoldAsync(store, "express", "A", 12.5m);
        HeldElement before = Assert.Single(await ListAsync(store));
        site.Time.Advance(TimeSpan.FromHours(1));

        await store.Held.DeclareAsync([Queue(Weight, Promised)], Cancel);

        HeldElement after = Assert.Single(await ListAsync(store));
        Assert.Equal([HeldValue.Of(12.5m), HeldValue.None], after.Values);
        Assert.Equal(before.HeldAt, after.HeldAt);
        Assert.Equal(["held_1"], await ReadAsync(store, "SELECT name FROM sqlite_master WHERE name GLOB 'held_1*' "
            + "AND type = 'table'"));
    }

    [Fact]
    public async Task Declaring_the_same_columns_in_another_order_changes_nothing_but_the_order()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Held.DeclareAsync([Queue(Zone, Weight)], Cancel);
        await HoldAsync(store, "express", "A", 12.5m);

        HeldQueue turned = Queue(Weight, Zone) with { RowOf = _ => throw new InvalidOperationException("rebuilt") };
        await store.Held.DeclareAsync([turned], Cancel);

        Assert.Equal([HeldValue.Of(12.5m), HeldValue.Of("A")], Assert.Single(await ListAsync(store)).Values);
    }

    [Fact]
    public async Task A_rebuild_that_cannot_read_the_data_leaves_the_table_as_it_was()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Held.DeclareAsync([Queue(Zone)], Cancel);
        await HoldAsync(store, "express", "A", 1);
        HeldQueue wrong = Queue(Weight) with { RowOf = _ => throw new JsonException("no number") };

        await Assert.ThrowsAsync<JsonException>(() => store.Held.DeclareAsync([wrong], Cancel));

        Assert.Equal([HeldValue.Of("A")], Assert.Single(await ListAsync(store)).Values);
        await HoldAsync(store, "express", "B", 1);
        Assert.Equal(2, (await ListAsync(store)).Count);
    }

    [Fact]
    public async Task What_is_held_survives_reopening_and_can_be_cancelled_before_it_is_declared_again()
    {
        SqliteStore first = await site.OpenAsync();
        await first.Held.DeclareAsync([Queue(Zone)], Cancel);
        ElementId cancelled = await HoldAsync(first, "express", "A", 1);
        ElementId kept = await HoldAsync(first, "express", "B", 1);
        await first.DisposeAsync();
        SqliteStore second = await site.OpenAsync();

        await second.Elements.CancelAsync([new CancelRequest(ElementRef.Of(cancelled), null)], Cancel);

        await Assert.ThrowsAsync<HeldQueryException>(() => ListAsync(second));
        await second.Held.DeclareAsync([Queue(Zone)], Cancel);
        Assert.Equal(kept, Assert.Single(await ListAsync(second)).Id);
    }

    [Fact]
    public async Task A_reader_of_the_file_sees_what_is_held_while_another_process_writes()
    {
        SqliteStore writer = await site.OpenAsync();
        await writer.Held.DeclareAsync([Queue(Zone, Weight)], Cancel);
        await HoldAsync(writer, "express", "A", 12.5m);
        SqliteStore reader = await site.OpenAsync(isReadOnly: true);

        await reader.Held.DeclareAsync([Queue(Weight, Zone)], Cancel);

        Assert.Equal([HeldValue.Of(12.5m), HeldValue.Of("A")], Assert.Single(await ListAsync(reader)).Values);
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.Held.DeclareAsync([Queue(Promised)], Cancel));
    }

    [Fact]
    public async Task Sums_are_exact_beyond_what_a_column_can_hold()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Held.DeclareAsync([Queue(Weight)], Cancel);
        for (int count = 0; count < 12; count++)
            await HoldAsync(store, "express", "A", 99_999_999_999_999.9999m);
        await HoldAsync(store, "express", "A", -0.0001m);
        const decimal total = 1_199_999_999_999_999.9987m;

        IReadOnlyList<HeldGroup> open = await GroupAsync(store, total);
        IReadOnlyList<HeldGroup> closed = await GroupAsync(store, total + 0.0001m);

        Assert.Equal(HeldValue.Of(total), Assert.Single(Assert.Single(open).Measures));
        Assert.Empty(closed);
    }

    [Fact]
    public async Task A_comparison_is_exact_with_more_decimals_than_a_column_keeps()
    {
        SqliteStore store = await site.OpenAsync();
        await store.Held.DeclareAsync([Queue(Weight)], Cancel);
        await HoldAsync(store, "express", "A", 1.0001m);
        await HoldAsync(store, "express", "A", 1.0002m);

        Assert.Equal(1, await CountAsync(store, HeldComparison.Less, 1.00015m));
        Assert.Equal(1, await CountAsync(store, HeldComparison.GreaterOrEqual, 1.00015m));
        Assert.Equal(0, await CountAsync(store, HeldComparison.Equal, 1.00015m));
        Assert.Equal(2, await CountAsync(store, HeldComparison.NotEqual, 1.00015m));
        Assert.Equal(2, await CountAsync(store, HeldComparison.Less, decimal.MaxValue));
        Assert.Equal(2, await CountAsync(store, HeldComparison.Greater, decimal.MinValue));
    }

    private static HeldQueue Queue(params HeldColumn[] columns) => new(Picklist, columns, data =>
    {
        using JsonDocument document = JsonDocument.Parse(data);
        return Row(document.RootElement, columns);
    });

    private static HeldRow Row(JsonElement data, IEnumerable<HeldColumn> columns) => new(
        data.GetProperty("group").GetString()!,
        [
            .. columns.Select(column => data.GetProperty(column.Name) switch
            {
                { ValueKind: JsonValueKind.Null } => HeldValue.None,
                JsonElement value when column.Type == HeldType.Text => HeldValue.Of(value.GetString()),
                JsonElement value when column.Type == HeldType.Number => HeldValue.Of((decimal?)value.GetDecimal()),
                JsonElement value => HeldValue.Of((DateTimeOffset?)value.GetDateTimeOffset()),
            }),
        ]);

    /// <summary>Holds an element whose row has the columns that the table has now.</summary>
    private async Task<ElementId> HoldAsync(
        SqliteStore store, string group, string zone, decimal weight, DateTimeOffset? promised = null)
    {
        byte[] data = JsonSerializer.SerializeToUtf8Bytes(
            new { group, zone, weightGrams = weight, promisedBy = promised });
        string[] names = await ReadAsync(
            store, "SELECT name FROM pragma_table_info('held_1') WHERE cid > 2 ORDER BY cid");
        HeldColumn[] columns =
            [.. names.Select(name => new[] { Zone, Weight, Promised }.Single(column => IsCalled(column, name)))];
        using JsonDocument document = JsonDocument.Parse(data);
        NewElement order = site.Order() with
        {
            Slot = new QueueSlot(Picklist, Held: Row(document.RootElement, columns)),
            Data = data,
        };
        await store.Elements.AcceptAsync([order], Cancel);
        return order.Id;
    }

    private static bool IsCalled(HeldColumn column, string name) => column.Name.Equals(
        name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static async Task<IReadOnlyList<HeldElement>> ListAsync(SqliteStore store) =>
        (await store.Held.ListAsync(Picklist, HeldFilter.All, new HeldPageRequest(), Cancel)).Items;

    private static Task<IReadOnlyList<HeldGroup>> GroupAsync(SqliteStore store, decimal minSum) =>
        store.Held.GroupAsync(
            Picklist,
            new HeldQuery
            {
                GroupBy = [HeldQuery.GroupKey],
                Measures = [new HeldMeasure(Weight.Name, HeldFunction.Sum)],
                Having = new HeldGate { SumColumn = Weight.Name, MinSum = minSum },
            },
            Cancel);

    private static async Task<long> CountAsync(SqliteStore store, HeldComparison comparison, decimal weight)
    {
        HeldCondition condition = new(Weight.Name, comparison, HeldValue.Of(weight));
        HeldQuery query = new() { Filter = new HeldFilter { Where = [condition] } };
        return Assert.Single(await store.Held.GroupAsync(Picklist, query, Cancel)).Count;
    }

    private static async Task<string[]> ReadAsync(SqliteStore store, string sql)
    {
        List<string> found = [];
        await using SqliteConnection connection = store.OpenReader();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
            found.Add(reader.GetString(0));
        return [.. found];
    }
}
