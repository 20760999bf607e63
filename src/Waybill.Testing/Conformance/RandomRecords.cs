using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>
/// Random writes, deletions, readings and listings of records. Revisions are each store's own affair.
/// </summary>
internal sealed class RandomRecords(Random random)
{
    private static readonly string[] Names = ["a", "A", "ab", "a%", "a_b", "書/1", "\U0001F4E6", "z"];

    private enum Expected
    {
        Any,
        Absent,
        Current,
        Stale,
    }

    /// <summary>The kinds of records that there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["control", "client.key"];

    /// <summary>Plans something.</summary>
    public PlannedCall Next(RandomHops hops) => random.Next(10) switch
    {
        < 6 => Write(hops),
        < 8 => Read(hops),
        < 9 => List(hops),
        _ => new PlannedCall(
            "purge records", async side => $"{await side.Store.Records.PurgeAsync(10_000, CancellationToken.None)}"),
    };

    private PlannedCall Write(RandomHops hops)
    {
        (RecordWrite Write, Expected Expected)[] plan =
        [
            .. Keys(hops).Select(key => (
                new RecordWrite(key, hops.OneIn(4) ? default(ReadOnlyMemory<byte>?) : hops.Data())
                {
                    KeepFor = hops.OneIn(3) ? hops.Span() : null,
                },
                hops.OneIn(2) ? Expected.Any : (Expected)random.Next(4))),
        ];
        string text = string.Join(", ", plan.Select(one =>
            $"{one.Write.Key} = {(one.Write.Value is { } value ? VisibleState.Text(value) : "nothing")}"
            + $" for {one.Write.KeepFor} if {one.Expected}"));
        return new PlannedCall($"write records {text}", async side =>
        {
            IReadOnlyList<StoredRecord?> found = await side.Store.Records.ReadAsync(
                [.. plan.Select(one => one.Write.Key)], CancellationToken.None);
            RecordWrite[] own =
                [.. plan.Select((one, i) => one.Write with { Expected = Revision(one.Expected, found[i]) })];
            return $"{await side.Store.Records.WriteAsync(own, CancellationToken.None)}";
        });
    }

    private PlannedCall Read(RandomHops hops)
    {
        RecordKey[] keys = Keys(hops);
        return new PlannedCall($"read records {string.Join(", ", keys)}", async side =>
        {
            IReadOnlyList<StoredRecord?> found = await side.Store.Records.ReadAsync(keys, CancellationToken.None);
            return string.Join('\n', found.Select(record => VisibleState.Of(side, record)));
        });
    }

    private PlannedCall List(RandomHops hops)
    {
        string kind = hops.Pick(Kinds);
        string? prefix = hops.OneIn(2) ? hops.Pick<string>(["a", "a%", "A", "書"]) : null;
        TimeSpan? from = hops.OneIn(3) ? hops.Span() : null;
        TimeSpan? before = hops.OneIn(3) ? hops.Span() : null;
        int size = random.Next(1, 4);
        return new PlannedCall(
            $"list {kind} like {prefix}, created within {from}, {before} ago, by {size}",
            async side =>
            {
                RecordFilter filter = new(kind)
                {
                    NamePrefix = prefix,
                    CreatedFrom = side.Fixture.Now - from,
                    CreatedBefore = side.Fixture.Now - before,
                };
                List<string> lines = [$"{await side.Store.Records.CountAsync(filter, CancellationToken.None)}"];
                for (PageRequest? next = new(size); next is not null;)
                {
                    Page<StoredRecord> page =
                        await side.Store.Records.ListAsync(filter, next, CancellationToken.None);
                    lines.AddRange(page.Items.Select(record => VisibleState.Of(side, record)));
                    next = page.Next is { } after ? new PageRequest(size, after) : null;
                }

                return string.Join('\n', lines.Order(StringComparer.Ordinal));
            });
    }

    private RecordKey[] Keys(RandomHops hops) =>
    [
        .. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new RecordKey(hops.Pick(Kinds), hops.Pick(Names)))
            .Distinct(),
    ];

    private static long? Revision(Expected expected, StoredRecord? found) => expected switch
    {
        Expected.Any => null,
        Expected.Absent => 0,
        Expected.Current => found?.Revision ?? 0,
        _ => (found?.Revision ?? 0) + 1,
    };
}
