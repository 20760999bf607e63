using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class JournalReadersConformance : StoreConformance
{
    [Fact]
    public async Task A_reader_begins_at_the_beginning_and_keeps_what_it_acknowledged()
    {
        await AcceptAsync(New(), New());
        IReadOnlyList<JournalEntry> rows = await Store.Journal.ReadAsync(default, 10, Cancel);

        Assert.Equal(default, await Store.Journal.OpenReaderAsync("tracking", Cancel));
        await Store.Journal.AcknowledgeAsync("tracking", rows[1].Position, Cancel);
        await Store.Journal.AcknowledgeAsync("tracking", rows[0].Position, Cancel);

        Assert.Equal(rows[1].Position, await Store.Journal.OpenReaderAsync("tracking", Cancel));
    }

    [Fact]
    public async Task Readers_are_listed_by_name_until_they_are_removed()
    {
        await Store.Journal.OpenReaderAsync("tracking", Cancel);
        await Store.Journal.OpenReaderAsync("audit", Cancel);
        await AcceptAsync(New());
        JournalPosition position = (await Store.Journal.ReadAsync(default, 1, Cancel))[0].Position;
        await Store.Journal.AcknowledgeAsync("tracking", position, Cancel);
        await Store.Journal.AcknowledgeAsync("nobody", position, Cancel);

        IReadOnlyList<JournalReader> readers = await Store.Journal.ReadersAsync(Cancel);
        await Store.Journal.RemoveReaderAsync("audit", Cancel);
        await Store.Journal.RemoveReaderAsync("nobody", Cancel);

        Assert.Equal(
            [("audit", default(JournalPosition)), ("tracking", position)],
            readers.Select(reader => (reader.Name, reader.Acknowledged)));
        Assert.All(readers, reader => AssertNear(Fixture.Now, reader.Since));
        Assert.Equal("tracking", Assert.Single(await Store.Journal.ReadersAsync(Cancel)).Name);
    }

    [Fact]
    public async Task Rows_that_a_reader_still_needs_are_not_forgotten()
    {
        await AcceptAsync(New(), New(), New());
        IReadOnlyList<JournalEntry> rows = await Store.Journal.ReadAsync(default, 10, Cancel);
        await Store.Journal.OpenReaderAsync("fast", Cancel);
        await Store.Journal.OpenReaderAsync("slow", Cancel);
        await Store.Journal.AcknowledgeAsync("fast", rows[2].Position, Cancel);

        Assert.Equal(0, await TrimAllAsync());
        await Store.Journal.AcknowledgeAsync("slow", rows[0].Position, Cancel);
        Assert.Equal(1, await TrimAllAsync());
        await Store.Journal.RemoveReaderAsync("slow", Cancel);
        Assert.Equal(2, await TrimAllAsync());

        Assert.Equal(0, await Store.Journal.CountAsync(Cancel));
    }

    [Fact]
    public async Task Facts_stand_in_the_row_of_the_acceptance_and_of_the_hop()
    {
        WorkerEpoch worker = await RegisterAsync();
        NewElement order = New() with { Facts = """{"attributes":{"customer":"書"}}""" };
        ClaimedElement started = await StartOneAsync(worker, order);
        Hop toSource = started.HandOver(Source) with { Facts = """{"milestone":{"text":"sourced"}}""" };
        await ApplyAsync(worker, toSource);
        ClaimedElement sourced = started.After(toSource);
        NewElement part = New(at: Charge) with { Facts = """{"subject":"ann"}""" };
        await ApplyAsync(worker, sourced.Call(Ship, part) with { Facts = """{"untracked":true}""" });
        ClaimedElement called = await ClaimOneAsync(worker, Charge);
        await ApplyAsync(worker, called.Finish() with { Facts = """{"milestone":{"text":"paid"}}""" });

        IReadOnlyList<JournalEntry> rows = await HistoryAsync(order.Id);
        IReadOnlyList<JournalEntry> partRows = await HistoryAsync(part.Id);

        Assert.Contains("書", rows[0].Facts, StringComparison.Ordinal);
        Assert.Contains("sourced", rows[1].Facts, StringComparison.Ordinal);
        Assert.Contains("untracked", rows[2].Facts, StringComparison.Ordinal);
        Assert.Null(rows[3].Facts);
        Assert.Contains("ann", partRows[0].Facts, StringComparison.Ordinal);
        Assert.Contains("paid", partRows[1].Facts, StringComparison.Ordinal);
    }

    private Task<int> TrimAllAsync() => Store.Journal.TrimAsync(Fixture.Now + Hour, 100, Cancel);
}
