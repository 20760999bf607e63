using System.Text.Json;
using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class JournalConformance : StoreConformance
{
    [Fact]
    public async Task Acceptance_is_journalled_with_the_key()
    {
        NewElement order = New("order \"7\"");

        await AcceptAsync(order);

        JournalEntry entry = Assert.Single(await HistoryAsync(order.Id));
        Assert.Equal(
            (JournalKind.Accepted, order.Id, 0, Authorise, TimeSpan.Zero),
            (entry.Kind, entry.Element, entry.Hop, entry.Node, entry.Worked));
        AssertNear(Fixture.Now, entry.At);
        Assert.Equal("order \"7\"", Detail(entry).GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_call_is_journalled_on_both_sides()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        NewElement[] called = [New("pay-1", at: Charge), New("pay-2", at: Charge)];

        await ApplyAsync(worker, caller.Call(Source, called));

        JournalEntry calling = (await HistoryAsync(caller.Id))[^1];
        Assert.Equal((JournalKind.Called, 1, Source), (calling.Kind, calling.Hop, calling.Node));
        Assert.Equal(
            called.Select(element => element.Id.ToString()),
            Detail(calling).GetProperty("calls").EnumerateArray().Select(id => id.GetString()));
        JsonElement accepted = Detail(Assert.Single(await HistoryAsync(called[1].Id)));
        Assert.Equal(
            ("pay-2", caller.Id.ToString(), 1),
            (accepted.GetProperty("key").GetString(), accepted.GetProperty("caller").GetString(),
                accepted.GetProperty("call").GetInt32()));
    }

    [Fact]
    public async Task Returned_and_signalled_are_no_hops()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement caller = await StartOneAsync(worker);
        await ApplyAsync(worker, caller.Call(Source, New(at: Charge)));
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Charge)).Finish());
        await ApplyAsync(worker, (await ClaimOneAsync(worker, Source)).Await("paid", Ship));
        await SignalAsync(caller.Id, "paid");

        IReadOnlyList<JournalEntry> history = await HistoryAsync(caller.Id);

        Assert.Equal(
            [
                (JournalKind.Accepted, 0, Authorise), (JournalKind.Called, 1, Source),
                (JournalKind.Returned, 1, Source), (JournalKind.Waits, 2, Ship), (JournalKind.Signalled, 2, Ship),
            ],
            history.Select(entry => (entry.Kind, entry.Hop, entry.Node)));
        Assert.Null(history[2].Detail);
        Assert.Equal("paid", Detail(history[4]).GetProperty("signal").GetString());
    }

    [Fact]
    public async Task A_hop_is_journalled_with_its_kind_its_time_at_work_and_its_detail()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        await ApplyAsync(worker, order.HandOver(Source) with
        {
            Kind = JournalKind.Diverted,
            Worked = TimeSpan.FromMilliseconds(1234),
            Detail = """{"why":"\"書\""}""",
        });

        JournalEntry entry = (await HistoryAsync(order.Id))[^1];
        Assert.Equal((JournalKind.Diverted, 1, Source), (entry.Kind, entry.Hop, entry.Node));
        Assert.Equal(TimeSpan.FromMilliseconds(1234), entry.Worked);
        Assert.Equal("\"書\"", Detail(entry).GetProperty("why").GetString());
    }

    [Fact]
    public async Task An_end_is_journalled_at_the_node_where_it_was()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);

        await ApplyAsync(worker, order.Finish());

        JournalEntry entry = (await HistoryAsync(order.Id))[^1];
        Assert.Equal((JournalKind.Finished, 1, Authorise), (entry.Kind, entry.Hop, entry.Node));
    }

    [Fact]
    public async Task What_was_not_applied_leaves_no_row()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());
        await RequestCancelAsync(orders[1].Id);
        long before = await Store.Journal.CountAsync(Cancel);

        await CommitAsync(worker, orders[0].Enqueue(Source) with { From = 8 }, orders[1].Enqueue(Source));
        await CommitAsync(worker, orders[0].Enqueue(Source) with { Writes = [Fixture.Refuse()] });

        Assert.Equal(before, await Store.Journal.CountAsync(Cancel));
    }

    [Fact]
    public async Task A_reader_that_goes_on_from_its_last_position_gets_every_row_once_and_in_order()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New(), New());
        await ApplyAsync(worker, orders[0].Enqueue(Source), orders[1].Finish(), orders[2].Await("paid", Source));
        List<JournalEntry> read = await ReadOnAsync(default, max: 2);
        JournalPosition last = read[^1].Position;

        await SignalAsync(orders[2].Id, "paid");
        List<JournalEntry> then = await ReadOnAsync(last, max: 2);

        Assert.Equal(6, read.Count);
        Assert.Equal(JournalKind.Signalled, Assert.Single(then).Kind);
        Assert.Equal([.. read.Select(entry => entry.Position).Order()], read.Select(entry => entry.Position));
        Assert.True(then[0].Position.CompareTo(last) > 0);
    }

    [Fact]
    public async Task A_reader_that_begins_at_the_end_gets_only_what_comes_after()
    {
        JournalPosition empty = await Fixture.Store.Journal.EndAsync(CancellationToken.None);
        await StartAsync(await RegisterAsync(), New(), New());

        JournalPosition end = await Fixture.Store.Journal.EndAsync(CancellationToken.None);
        NewElement later = New();
        await AcceptAsync(later);

        Assert.Equal(default, empty);
        Assert.Equal([later.Id], (await ReadOnAsync(end, max: 10)).Select(entry => entry.Element));
    }

    [Fact]
    public async Task A_reader_misses_nothing_that_is_written_while_it_reads()
    {
        WorkerEpoch worker = await RegisterAsync();
        List<JournalEntry> read = [];
        Task writing = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TravelAsync(worker, hops: 10)));

        for (bool isLast = false; !isLast;)
        {
            isLast = writing.IsCompleted;
            read.AddRange(await ReadOnAsync(read.Count == 0 ? default : read[^1].Position, max: 7));
        }

        await writing;
        Assert.Equal(8 * 11, read.Count);
        Assert.Equal(read.Count, read.Select(entry => (entry.Element, entry.Hop)).Distinct().Count());
        Assert.All(
            read.GroupBy(entry => entry.Element),
            history => Assert.Equal(Enumerable.Range(0, 11), history.Select(entry => entry.Hop)));
    }

    [Fact]
    public async Task A_history_holds_the_rows_of_one_element_from_the_beginning()
    {
        WorkerEpoch worker = await RegisterAsync();
        IReadOnlyList<ClaimedElement> orders = await StartAsync(worker, New(), New());
        await ApplyAsync(worker, orders[1].Enqueue(Source), orders[0].Enqueue(Source));

        Assert.Equal([JournalKind.Accepted, JournalKind.Moved], await KindsAsync(orders[0].Id));
        Assert.Empty(await HistoryAsync(NewId()));
        Assert.Equal(0, await Store.Journal.CountHistoryAsync(new(NewId()), Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_history_is_read_whole_in_pages_in_either_order(bool newestFirst)
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New(at: new NodeAddress("travels", 1, "start"));
        await TravelAsync(worker, hops: 3);
        await TravelAsync(worker, hops: 6, order);

        List<JournalEntry> read = await HistoryInPagesAsync(new(order.Id), size: 3, newestFirst);

        IEnumerable<int> hops = Enumerable.Range(0, 7);
        Assert.Equal(newestFirst ? hops.Reverse() : hops, read.Select(entry => entry.Hop));
        Assert.All(read, entry => Assert.Equal(order.Id, entry.Element));
        Assert.Equal(7, await Store.Journal.CountHistoryAsync(new(order.Id), Cancel));
    }

    [Fact]
    public async Task A_page_of_a_history_that_holds_exactly_the_rest_is_the_last()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        await ApplyAsync(worker, order.Enqueue(Source));

        HistoryPage first = await Store.Journal.HistoryAsync(new(order.Id), new(1), Cancel);
        HistoryPage second = await Store.Journal.HistoryAsync(new(order.Id), new(1, first.Next), Cancel);

        Assert.Equal((JournalKind.Accepted, first.Items[0].Position), (first.Items[0].Kind, first.Next));
        Assert.Equal(JournalKind.Moved, Assert.Single(second.Items).Kind);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task A_history_is_narrowed_to_one_kind_also_in_its_count()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        Hop hop = order.HandOver(Source);
        await ApplyAsync(worker, hop);
        await ApplyAsync(worker, order.After(hop).Finish());
        HistoryFilter moves = new(order.Id) { Kind = JournalKind.Moved };

        Assert.Equal(1, Assert.Single(await HistoryInPagesAsync(moves, size: 1, newestFirst: false)).Hop);
        Assert.Equal(1, await Store.Journal.CountHistoryAsync(moves, Cancel));
    }

    [Fact]
    public async Task Old_rows_are_forgotten_and_readers_go_on_behind_them()
    {
        WorkerEpoch worker = await RegisterAsync();
        ClaimedElement order = await StartOneAsync(worker);
        List<JournalEntry> old = await ReadOnAsync(default, max: 10);
        await Fixture.AdvanceAsync(2 * Hour);
        await ApplyAsync(worker, order.Enqueue(Source));

        Assert.Equal(1, await Store.Journal.TrimAsync(Fixture.Now - Hour, 100, Cancel));

        Assert.Equal(1, await Store.Journal.CountAsync(Cancel));
        Assert.Equal(JournalKind.Moved, Assert.Single(await ReadOnAsync(default, max: 10)).Kind);
        Assert.Equal(JournalKind.Moved, Assert.Single(await ReadOnAsync(old[^1].Position, max: 10)).Kind);
    }

    [Fact]
    public async Task Rows_are_forgotten_in_portions_the_oldest_first()
    {
        NewElement[] orders = [New(), New(), New()];
        await AcceptAsync(orders[0]);
        await AcceptAsync(orders[1], orders[2]);

        Assert.Equal(2, await Store.Journal.TrimAsync(Fixture.Now + Hour, 2, Cancel));

        Assert.Equal(orders[2].Id, Assert.Single(await ReadOnAsync(default, max: 10)).Element);
    }

    private async Task TravelAsync(WorkerEpoch worker, int hops, NewElement? order = null)
    {
        order ??= New(at: new NodeAddress("travels", 1, $"start-{NewId()}"));
        ClaimedElement travelling = await StartOneAsync(worker, order);
        for (int i = 0; i < hops; i++)
        {
            Hop hop = travelling.HandOver(i % 2 == 0 ? Source : Ship);
            await ApplyAsync(worker, hop);
            travelling = travelling.After(hop);
        }
    }

    private async Task<List<JournalEntry>> HistoryInPagesAsync(HistoryFilter filter, int size, bool newestFirst)
    {
        List<JournalEntry> read = [];
        for (HistoryPageRequest? page = new(size, null, newestFirst); page is not null;)
        {
            HistoryPage part = await Store.Journal.HistoryAsync(filter, page, Cancel);
            Assert.True(part.Items.Count <= size);
            read.AddRange(part.Items);
            page = part.Next is { } next ? new HistoryPageRequest(size, next, newestFirst) : null;
        }

        return read;
    }

    private async Task<List<JournalEntry>> ReadOnAsync(JournalPosition after, int max)
    {
        List<JournalEntry> read = [];
        while (await Store.Journal.ReadAsync(after, max, Cancel) is { Count: > 0 } rows)
        {
            Assert.True(rows.Count <= max);
            read.AddRange(rows);
            after = rows[^1].Position;
        }

        return read;
    }

    private static JsonElement Detail(JournalEntry entry) => JsonDocument.Parse(entry.Detail!).RootElement;
}
