using System.Text.Json;
using Waybill.Stores;
using Xunit;

namespace Waybill.Testing.Conformance;

public abstract class RecordsConformance : StoreConformance
{
    private const string Kind = "endpoint";

    [Fact]
    public async Task A_record_is_read_as_it_was_written()
    {
        Assert.True(await WriteAsync(Write("a", """{"at":"ä"}""") with { KeepFor = Hour }));

        StoredRecord found = await GetAsync("a");
        Assert.Equal((Key("a"), """{"at":"ä"}"""), (found.Key, Text(found.Value)));
        Assert.True(found.Revision >= 1);
        AssertNear(Fixture.Now, found.CreatedAt);
        AssertNear(Fixture.Now, found.ChangedAt);
        AssertNear(Fixture.Now + Hour, found.KeptUntil!.Value);
    }

    [Fact]
    public async Task Records_are_read_in_the_order_asked_for_and_none_where_there_is_none()
    {
        await WriteAsync(Write("a", "1"), Write("b", "2"));

        IReadOnlyList<StoredRecord?> found = await Store.Records.ReadAsync(
            [Key("b"), Key("c"), Key("a"), new RecordKey("audit", "a"), Key("b")], Cancel);

        Assert.Equal(["2", null, "1", null, "2"], found.Select(record => record is null ? null : Text(record.Value)));
        Assert.Empty(await Store.Records.ReadAsync([], Cancel));
    }

    [Fact]
    public async Task Writing_again_gives_a_higher_revision_and_keeps_the_instant_of_creation()
    {
        await WriteAsync(Write("a", "1") with { KeepFor = 2 * Hour });
        StoredRecord first = await GetAsync("a");
        await Fixture.AdvanceAsync(Hour);

        await WriteAsync(Write("a", "2"));

        StoredRecord second = await GetAsync("a");
        Assert.Equal(("2", null), (Text(second.Value), second.KeptUntil));
        Assert.True(second.Revision > first.Revision);
        AssertNear(Hour, second.ChangedAt - second.CreatedAt);
    }

    [Fact]
    public async Task No_two_writes_have_the_same_revision()
    {
        await WriteAsync(Write("a"), Write("b"), Write("c"));
        List<long> seen = [.. (await AllAsync()).Select(record => record.Revision)];
        await WriteAsync(Write("c"), Write("a"), Write("d"));
        seen.AddRange((await AllAsync()).Where(record => record.Key.Name != "b").Select(record => record.Revision));
        await WriteAsync(Delete("a"));
        await WriteAsync(Write("a"));
        seen.Add((await GetAsync("a")).Revision);

        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(seen.Max(), seen[^1]);
    }

    [Fact]
    public async Task A_record_is_written_only_at_the_revision_that_is_expected()
    {
        await WriteAsync(Write("a", "1"));
        long revision = (await GetAsync("a")).Revision;

        Assert.True(await WriteAsync(Write("a", "2") with { Expected = revision }));
        Assert.False(await WriteAsync(Write("a", "3") with { Expected = revision }));
        Assert.False(await WriteAsync(Write("a", "3") with { Expected = 0 }));
        Assert.False(await WriteAsync(Write("b", "3") with { Expected = revision }));
        Assert.False(await WriteAsync(Write("b", "3") with { Expected = 1 }));

        Assert.Equal("2", Text((await GetAsync("a")).Value));
        Assert.Null(await FindAsync("b"));
    }

    [Fact]
    public async Task A_record_that_must_not_be_there_is_created_once()
    {
        Assert.True(await WriteAsync(Write("a", "1") with { Expected = 0 }));
        Assert.False(await WriteAsync(Write("a", "2") with { Expected = 0 }));

        Assert.Equal("1", Text((await GetAsync("a")).Value));
    }

    [Fact]
    public async Task A_deleted_record_is_gone_whether_it_was_there_or_not()
    {
        await WriteAsync(Write("a"));

        Assert.True(await WriteAsync(Delete("a"), Delete("never")));

        Assert.Null(await FindAsync("a"));
        Assert.Equal(0, await Store.Records.CountAsync(new RecordFilter(Kind), Cancel));
        Assert.True(await WriteAsync(Write("a") with { Expected = 0 }));
    }

    [Fact]
    public async Task A_record_is_deleted_only_at_the_revision_that_is_expected()
    {
        await WriteAsync(Write("a"));
        long revision = (await GetAsync("a")).Revision;

        Assert.False(await WriteAsync(Delete("a") with { Expected = revision + 1 }));
        Assert.NotNull(await FindAsync("a"));
        Assert.True(await WriteAsync(Delete("a") with { Expected = revision }));
        Assert.False(await WriteAsync(Delete("a") with { Expected = revision }));
    }

    [Fact]
    public async Task Nothing_is_written_when_one_condition_does_not_hold()
    {
        await WriteAsync(Write("b", "1"), Write("d", "1"));

        bool isWritten = await WriteAsync(
            Write("a", "2"), Write("d", "2"), Write("b", "2") with { Expected = 0 }, Delete("c"), Write("e", "2"));

        Assert.False(isWritten);
        Assert.Equal([("b", "1"), ("d", "1")], (await AllAsync()).Select(r => (r.Key.Name, Text(r.Value))));
    }

    [Fact]
    public async Task Nothing_is_written_when_one_that_must_be_there_is_not()
    {
        bool isWritten = await WriteAsync(Write("a"), Write("b") with { Expected = 7 }, Write("c"));

        Assert.False(isWritten);
        Assert.Empty(await AllAsync());
    }

    [Fact]
    public async Task A_record_whose_time_has_run_out_counts_as_absent()
    {
        await WriteAsync(Write("a", "1") with { KeepFor = Hour }, Write("b") with { KeepFor = 3 * Hour });
        long old = (await GetAsync("a")).Revision;
        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Null(await FindAsync("a"));
        Assert.Equal(["b"], (await AllAsync()).Select(record => record.Key.Name));
        Assert.Equal(1, await Store.Records.CountAsync(new RecordFilter(Kind), Cancel));
        Assert.False(await WriteAsync(Write("a", "2") with { Expected = old }));
        Assert.True(await WriteAsync(Write("a", "2") with { Expected = 0 }));
        StoredRecord renewed = await GetAsync("a");
        Assert.True(renewed.Revision > old);
        AssertNear(Fixture.Now, renewed.CreatedAt);
        Assert.Equal(["b", "a"], (await AllAsync()).Select(record => record.Key.Name));
    }

    [Fact]
    public async Task A_record_that_is_written_in_time_is_kept_on()
    {
        await WriteAsync(Write("a") with { KeepFor = 2 * Hour });
        await Fixture.AdvanceAsync(Hour);
        await WriteAsync(Write("a") with { KeepFor = 2 * Hour });
        await Fixture.AdvanceAsync(Hour + (Hour / 2));

        Assert.NotNull(await FindAsync("a"));
    }

    [Fact]
    public async Task Only_records_whose_time_has_run_out_are_purged()
    {
        await WriteAsync(
            [.. Enumerable.Range(0, 5).Select(i => Write($"{i}") with { KeepFor = Hour }), Write("kept"),
            Write("later") with { KeepFor = 9 * Hour }]);
        Assert.Equal(0, await Store.Records.PurgeAsync(100, Cancel));
        await Fixture.AdvanceAsync(2 * Hour);

        Assert.Equal(3, await Store.Records.PurgeAsync(3, Cancel));
        Assert.Equal(2, await Store.Records.PurgeAsync(3, Cancel));
        Assert.Equal(0, await Store.Records.PurgeAsync(3, Cancel));
        Assert.Equal(["kept", "later"], (await AllAsync()).Select(record => record.Key.Name));
    }

    [Fact]
    public async Task Pages_cover_all_records_of_a_kind_in_the_order_of_creation()
    {
        await WriteAsync(Write("e"), Write("b"));
        await WriteAsync(new RecordWrite(new RecordKey("audit", "x"), Json("1")));
        await WriteAsync(Write("d"), Write("a"), Write("c"));
        await WriteAsync(Write("e"));

        List<string> seen = [];
        for (PageRequest? page = new(Size: 2); page is not null;)
        {
            Page<StoredRecord> part = await Store.Records.ListAsync(new RecordFilter(Kind), page, Cancel);
            seen.AddRange(part.Items.Select(record => record.Key.Name));
            page = part.Next is { } next ? new PageRequest(2, next) : null;
        }

        Assert.Equal(["e", "b", "d", "a", "c"], seen);
        Assert.Equal(5, await Store.Records.CountAsync(new RecordFilter(Kind), Cancel));
    }

    [Theory]
    [InlineData("ab", "ab", "ab/1", "ab~", "abä", "ab\U0010FFFF")]
    [InlineData("ab\U0010FFFF", "ab\U0010FFFF")]
    [InlineData("a", "a", "ab", "ab/1", "ab~", "abä", "ab\U0010FFFF", "ac")]
    [InlineData("%")]
    [InlineData("\uD7FF", "\uD7FF")]
    [InlineData("", "a", "ab", "ab/1", "ab~", "abä", "ab\U0010FFFF", "ac", "Ab", "b", "\uD7FF", "\uE000")]
    public async Task Records_are_found_by_how_their_names_begin(string prefix, params string[] expected)
    {
        string[] names = ["a", "ab", "ab/1", "ab~", "abä", "ab\U0010FFFF", "ac", "Ab", "b", "\uD7FF", "\uE000"];
        await WriteAsync([.. names.Select(name => Write(name))]);
        RecordFilter filter = new(Kind) { NamePrefix = prefix };

        Assert.Equal(expected, (await ListAsync(filter)).Select(record => record.Key.Name));
        Assert.Equal(expected.Length, await Store.Records.CountAsync(filter, Cancel));
    }

    [Fact]
    public async Task Records_are_found_by_the_instant_of_their_creation()
    {
        await WriteAsync(Write("a"));
        await Fixture.AdvanceAsync(2 * Hour);
        await WriteAsync(Write("b"), Write("a"));
        DateTimeOffset between = Fixture.Now - Hour;

        Assert.Equal(
            ["a"], (await ListAsync(new RecordFilter(Kind) { CreatedBefore = between })).Select(r => r.Key.Name));
        Assert.Equal(
            ["b"], (await ListAsync(new RecordFilter(Kind) { CreatedFrom = between })).Select(r => r.Key.Name));
    }

    [Fact]
    public async Task One_of_many_writers_that_come_at_once_creates_a_record()
    {
        bool[] written = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Store.Records.WriteAsync([Write("a", $"{i}") with { Expected = 0 }], Cancel)));

        int winner = Array.IndexOf(written, true);
        Assert.Single(written, isWritten => isWritten);
        Assert.Equal($"{winner}", Text((await GetAsync("a")).Value));
    }

    [Fact]
    public async Task Writers_that_come_at_once_with_several_records_do_not_mix()
    {
        string[] names = ["a", "b", "c", "d"];

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.Records.WriteAsync(
            [.. (i % 2 == 0 ? names : names.Reverse()).Select(name => i % 5 == 4 ? Delete(name) : Write(name, $"{i}"))],
            Cancel)));

        IReadOnlyList<StoredRecord> found = await AllAsync();
        Assert.True(found.Count is 0 or 4, $"{found.Count} records are there");
        Assert.True(found.Select(record => Text(record.Value)).Distinct().Count() <= 1);
    }

    [Fact]
    public async Task Two_processes_count_together_and_lose_nothing()
    {
        Assert.SkipUnless(SupportsSeveralProcesses, "This store belongs to one process.");
        ISiteStore other = await Fixture.OpenAnotherAsync();
        await WriteAsync(Write("a", "0"));

        await Task.WhenAll(CountUpAsync(Store, 25), CountUpAsync(other, 25));

        Assert.Equal("50", Text((await GetAsync("a")).Value));
    }

    [Fact]
    public async Task As_many_and_as_large_records_as_are_allowed_are_written()
    {
        byte[] large = Json($"\"{new string('x', RecordRules.ValueBytesMax - 2)}\"");
        string longest = new('n', 400);
        await WriteAsync(new RecordWrite(new RecordKey(new string('k', 100), longest), large));
        RecordWrite[] many = [.. Enumerable.Range(0, RecordRules.CountMax).Select(i => Write($"{i}"))];

        Assert.True(await WriteAsync(many));
        Assert.True(await WriteAsync(many));

        Assert.Equal(RecordRules.CountMax, await Store.Records.CountAsync(new RecordFilter(Kind), Cancel));
        StoredRecord? found = Assert.Single(await Store.Records.ReadAsync(
            [new RecordKey(new string('k', 100), longest)], Cancel));
        Assert.Equal(large, found!.Value.ToArray());
    }

    [Fact]
    public async Task What_cannot_be_a_record_is_refused_with_what_and_why()
    {
        await RefusedAsync("\"Api-Key\" cannot be the kind", new RecordWrite(new RecordKey("Api-Key", "a"), Json("1")));
        await RefusedAsync("\"\" cannot be the kind", new RecordWrite(new RecordKey("", "a"), Json("1")));
        await RefusedAsync("\"(null)\" cannot be the kind", new RecordWrite(default, Json("1")));
        await RefusedAsync("\"\" cannot be the name of a record of kind endpoint", Write(""));
        await RefusedAsync("cannot be the name", Write(new string('n', 401)));
        await RefusedAsync("\"a\uFFFDb\" cannot be the name", Write("a\nb"));
        await RefusedAsync("cannot be the name", Write("\uD800"));
        await RefusedAsync("has 1048577 bytes", new RecordWrite(Key("a"), new byte[RecordRules.ValueBytesMax + 1]));
        await RefusedAsync("has 0 bytes", new RecordWrite(Key("a"), Array.Empty<byte>()));
        await RefusedAsync("written twice", Write("a"), Write("b"), Write("a"));
        await RefusedAsync("cannot have revision -1", Write("a") with { Expected = -1 });
        await RefusedAsync("cannot be kept for 00:00:00", Write("a") with { KeepFor = TimeSpan.Zero });
        await RefusedAsync("cannot be kept for", Write("a") with { KeepFor = TimeSpan.MaxValue });
        await RefusedAsync("1001 records", [.. Enumerable.Range(0, 1001).Select(i => Write($"{i}"))]);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Records.ReadAsync([Key("a\0")], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new RecordFilter("Ä")));
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(new RecordFilter(Kind) { NamePrefix = "\uDC00" }));

        Assert.Empty(await AllAsync());
    }

    private static RecordKey Key(string name) => new(Kind, name);

    private static RecordWrite Write(string name, string value = "{}") => new(Key(name), Json(value));

    private static RecordWrite Delete(string name) => new(Key(name), Value: null);

    private Task<bool> WriteAsync(params RecordWrite[] writes) => Store.Records.WriteAsync(writes, Cancel);

    private async Task<StoredRecord?> FindAsync(string name) =>
        Assert.Single(await Store.Records.ReadAsync([Key(name)], Cancel));

    private async Task<StoredRecord> GetAsync(string name)
    {
        StoredRecord? found = await FindAsync(name);
        Assert.NotNull(found);
        return found;
    }

    private async Task<IReadOnlyList<StoredRecord>> ListAsync(RecordFilter filter) =>
        (await Store.Records.ListAsync(filter, new PageRequest(1000), Cancel)).Items;

    private Task<IReadOnlyList<StoredRecord>> AllAsync() => ListAsync(new RecordFilter(Kind));

    private async Task RefusedAsync(string words, params RecordWrite[] writes)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(writes));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private static async Task CountUpAsync(ISiteStore store, int times)
    {
        for (int done = 0; done < times;)
        {
            StoredRecord? read = Assert.Single(await store.Records.ReadAsync([Key("a")], Cancel));
            int next = JsonSerializer.Deserialize<int>(read!.Value.Span) + 1;
            if (await store.Records.WriteAsync([Write("a", $"{next}") with { Expected = read.Revision }], Cancel))
                done++;
        }
    }
}
