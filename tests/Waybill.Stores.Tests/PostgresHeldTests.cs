using System.Globalization;
using System.Text;
using Npgsql;
using Waybill.Postgres;

namespace Waybill.Stores.Tests;

/// <summary>What is particular to held tables in PostgreSQL: real columns, rebuilding, several processes.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresHeldTests(SharedPostgres shared) : IAsyncLifetime
{
    private static readonly NodeAddress Picklist = new("shipments", 1, "picklist");
    private static readonly NodeAddress Picked = new("shipments", 1, "picked");
    private static readonly NodeAddress Wave = new("waves", 1, "pick");
    private static readonly CancellationToken Cancel = CancellationToken.None;

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
    public async Task Columns_are_typed_and_indexed()
    {
        PostgresStore store = await OpenAsync();

        await store.Held.DeclareAsync(
            [
                Queue(
                    new HeldColumn("shipZone", HeldType.Text), new HeldColumn("WeightGrams", HeldType.Number),
                    new HeldColumn("order", HeldType.Instant), new HeldColumn("key", HeldType.Text)),
            ],
            Cancel);

        Assert.Equal(
            [
                "key bigint", "held_at timestamp with time zone", "group_key text C", "ship_zone text C",
                "weight_grams bigint", "order timestamp with time zone", "key_ text C",
            ],
            await ReadAsync(
                """
                select concat_ws(' ', column_name, data_type, collation_name) from information_schema.columns
                where table_schema = '{0}' and table_name = 'held_1' order by ordinal_position
                """));
        Assert.Equal(
            [
                "(key)", "(held_at, key)", "(group_key, held_at, key)", "(ship_zone NULLS FIRST, key)",
                "(weight_grams NULLS FIRST, key)", "(\"order\" NULLS FIRST, key)", "(key_ NULLS FIRST, key)",
            ],
            await ReadAsync(
                """
                select substring(indexdef from '\(.*') from pg_indexes i join pg_class c on c.relname = i.indexname
                where i.schemaname = '{0}' and i.tablename = 'held_1' and c.relnamespace = '{0}'::regnamespace
                order by c.oid
                """));
    }

    [Fact]
    public async Task Processes_that_declare_together_make_the_table_once()
    {
        PostgresStore[] all = [await OpenAsync(), await OpenAsync(), await OpenAsync()];

        await Task.WhenAll(all.Select(store => store.Held.DeclareAsync([Zones()], Cancel)));

        await Task.WhenAll(all.Select(store => store.Elements.AcceptAsync([New("A")], Cancel)));
        Assert.Equal(3, await CountAsync(all[0]));
    }

    [Fact]
    public async Task A_process_of_the_declaration_before_goes_on_while_a_newer_one_runs()
    {
        PostgresStore older = await OpenAsync();
        PostgresStore newer = await OpenAsync();
        await older.Held.DeclareAsync([Zones()], Cancel);
        await older.Elements.AcceptAsync([New("A")], Cancel);

        await newer.Held.DeclareAsync([Queue(new HeldColumn("aisle", HeldType.Text))], Cancel);
        await older.Elements.AcceptAsync([New("B")], Cancel);
        await newer.Elements.AcceptAsync([New("C")], Cancel);

        HeldPage seen = await older.Held.ListAsync(Picklist, HeldFilter.All, new HeldPageRequest(), Cancel);
        Assert.Equal(["A", "B", ""], seen.Items.Select(held => held.Values[0].ToString()));
        seen = await newer.Held.ListAsync(Picklist, HeldFilter.All, new HeldPageRequest(), Cancel);
        Assert.Equal(["A", "", "C"], seen.Items.Select(held => held.Values[0].ToString()));
    }

    [Fact]
    public async Task A_column_of_another_type_is_filled_anew()
    {
        PostgresStore store = await OpenAsync();
        await store.Held.DeclareAsync([Queue(new HeldColumn("zone", HeldType.Number))], Cancel);
        await store.Elements.AcceptAsync([New("7")], Cancel);

        await store.Held.DeclareAsync([Zones()], Cancel);

        HeldPage page = await store.Held.ListAsync(Picklist, HeldFilter.All, new HeldPageRequest(), Cancel);
        Assert.Equal(HeldValue.Of("7"), Assert.Single(page.Items).Values[0]);
    }

    [Fact]
    public async Task Processes_that_release_together_give_each_element_to_one_batch()
    {
        PostgresStore[] all = [await OpenAsync(), await OpenAsync(), await OpenAsync()];
        foreach (PostgresStore store in all)
            await store.Held.DeclareAsync([Zones()], Cancel);
        await all[0].Elements.AcceptAsync([.. Enumerable.Range(0, 95).Select(_ => New("A"))], Cancel);
        HeldRelease[] releases = [.. Enumerable.Range(0, 12).Select(_ => Release(10, new HeldGate { MinCount = 10 }))];

        HeldReleased[] released = await Task.WhenAll(
            releases.Select((release, index) => all[index % all.Length].Held.ReleaseAsync(release, Cancel)));

        Assert.Equal(9, released.Count(one => one == new HeldReleased(HeldReleaseStatus.Released, 10)));
        Assert.Equal(3, released.Count(one => one.Status == HeldReleaseStatus.GateClosed));
        Assert.Equal(5, await CountAsync(all[0]));
        Assert.Equal(
            90, await all[0].Directory.CountAsync(new ElementFilter { State = ElementState.Batched }, Cancel));
    }

    [Fact]
    public async Task Releases_cancels_and_amendments_at_once_leave_every_element_in_one_place()
    {
        PostgresStore[] all = [await OpenAsync(), await OpenAsync()];
        foreach (PostgresStore store in all)
            await store.Held.DeclareAsync([Zones()], Cancel);
        NewElement[] elements = [.. Enumerable.Range(0, 200).Select(_ => New("A"))];
        await all[0].Elements.AcceptAsync(elements, Cancel);
        HeldPage held = await all[0].Held.ListAsync(Picklist, HeldFilter.All, new HeldPageRequest(1000), Cancel);

        Task<IReadOnlyList<CancelOutcome>> cancelled = all[1].Elements.CancelAsync(
            [.. elements.Where((_, n) => n % 7 == 0).Select(one => new CancelRequest(ElementRef.Of(one.Id), null))],
            Cancel);
        Task<IReadOnlyList<bool>> amended = all[1].Held.AmendAsync(
            [.. held.Items.Where((_, n) => n % 5 == 0).Reverse().Select(Amended)], Cancel);
        HeldReleased[] released = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(n => all[n % 2].Held.ReleaseAsync(Release(50, gate: null), Cancel)));
        await Task.WhenAll(cancelled, amended);

        IReadOnlyList<NodeCount> counts = await all[0].Directory.CountByNodeAsync(ElementFilter.All, Cancel);
        long In(ElementState state) => counts.Where(one => one.State == state).Sum(one => one.Count);
        Assert.Equal((await cancelled).Count, In(ElementState.Ready) - released.Length);
        Assert.Equal(await CountAsync(all[0]), In(ElementState.Held));
        Assert.Equal(200, In(ElementState.Held) + In(ElementState.Batched) + (await cancelled).Count);
        Assert.True(released.Sum(one => one.Members) >= In(ElementState.Batched));
    }

    private static Amendment Amended(HeldElement element) => new()
    {
        Key = element.Key,
        Id = element.Id,
        Hop = element.Hop,
        Revision = element.Revision,
        Data = Encoding.UTF8.GetBytes("{\"zone\":\"Z\"}"),
        Slot = new QueueSlot(Picklist, Held: new HeldRow("air", [HeldValue.Of("Z")])),
    };

    private static HeldQueue Zones() => Queue(new HeldColumn("zone", HeldType.Text));

    // The data is one text, which is what every column holds.
    private static HeldQueue Queue(params HeldColumn[] columns) => new(
        Picklist, columns,
        data => new HeldRow("air", [.. columns.Select(column => ValueOf(column, Encoding.UTF8.GetString(data.Span)))]));

    private static HeldValue ValueOf(HeldColumn column, string text) => column.Type == HeldType.Number
        ? HeldValue.Of(decimal.Parse(text, CultureInfo.InvariantCulture))
        : HeldValue.Of(text);

    private NewElement New(string zone)
    {
        int id = Interlocked.Increment(ref lastId);
        HeldValue value = char.IsDigit(zone[0]) ? HeldValue.Of(zone[0] - '0') : HeldValue.Of(zone);
        return new NewElement(
            NewId(id), new QueueSlot(Picklist, Held: new HeldRow("air", [value])), $"shipment-{id}",
            Encoding.UTF8.GetBytes(zone));
    }

    private HeldRelease Release(int max, HeldGate? gate)
    {
        int id = Interlocked.Increment(ref lastId);
        return new HeldRelease
        {
            Queue = Picklist,
            Filter = HeldFilter.All,
            Max = max,
            ResumeAt = Picked,
            Batch = new NewElement(NewId(id), new QueueSlot(Wave), $"wave-{id}", Encoding.UTF8.GetBytes("{}")),
            Gate = gate,
            Note = new ReleaseNote("ann", null, null),
        };
    }

    private static ElementId NewId(int number) => new(new Guid(number, 7, 4, 0x80, 0, 0, 0, 0, 0, 0, 1));

    private static async Task<int> CountAsync(PostgresStore store) =>
        (int)Assert.Single(await store.Held.GroupAsync(Picklist, new HeldQuery(), Cancel)).Count;

    private async Task<PostgresStore> OpenAsync()
    {
        PostgresStore store = new(
            shared.Server.ConnectionString(), new PostgresStoreOptions { Schema = schema, AllowsLossOnCrash = true });
        stores.Add(store);
        await store.OpenAsync(Cancel);
        return store;
    }

    private async Task<List<string>> ReadAsync(string sql)
    {
        List<string> rows = [];
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(shared.Server.ConnectionString());
        await using NpgsqlCommand command = source.CreateCommand(sql.Replace("{0}", schema));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
