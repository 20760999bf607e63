using Waybill.Stores;

namespace Waybill.Testing.Conformance;

/// <summary>Something to be done with either store.</summary>
/// <param name="Text">What it is, for the list of operations.</param>
/// <param name="Act">Does it, and says what came of it.</param>
internal sealed record PlannedCall(string Text, Func<ComparedStore, Task<string>> Act);

/// <summary>A filter or a gate, whose instants are each store's own.</summary>
internal sealed record Planned<T>(string Text, Func<ComparedStore, T> Make);

/// <summary>Random doings with what is held: releases, amendments, decisions, questions, changed columns.</summary>
internal sealed class RandomHolding(Random random)
{
    /// <summary>Declares the queues as they look now.</summary>
    public static PlannedCall Declare(RandomHops hops)
    {
        IReadOnlyList<HeldQueue> queues = hops.Rows.Declared();
        return new PlannedCall($"declare {string.Join(", ", hops.Rows.Columns)}", async side =>
        {
            await side.Store.Held.DeclareAsync(queues, CancellationToken.None);
            return "declared";
        });
    }

    /// <summary>Plans something; null when there is nothing that it could be done with.</summary>
    public async Task<PlannedCall?> NextAsync(RandomHops hops, ComparedStore model)
    {
        switch (random.Next(20))
        {
            case < 7:
                return Release(hops);
            case < 11:
                return await AmendAsync(hops, model);
            case < 14:
                return await ActAsync(hops, model);
            case < 16:
                return List(hops);
            case < 19:
                return Group(hops);
            default:
                hops.Rows.Reshape();
                return Declare(hops);
        }
    }

    private PlannedCall Release(RandomHops hops)
    {
        NodeAddress queue = hops.Pick(RandomHeldRows.Queues);
        NodeAddress resumeAt = hops.Node();
        NewElement batch = hops.Element();
        batch = batch with { Slot = batch.Slot with { Held = null } };
        Planned<HeldFilter> filter = Filter(hops);
        Planned<HeldGate?> gate = Gate(hops);
        ReleaseNote note = new("ann", hops.OneIn(2) ? "the \"van\" is here" : null, hops.OneIn(2) ? "zone A" : null);
        return new PlannedCall(
            $"release from {queue} into {VisibleState.Name(batch.Id)} at {batch.Slot}, resume at {resumeAt},"
            + $" {filter.Text} {gate.Text}",
            async side => $"{await side.Store.Held.ReleaseAsync(
                new HeldRelease
                {
                    Queue = queue,
                    Filter = filter.Make(side),
                    Max = 10_000,
                    ResumeAt = resumeAt,
                    Batch = batch,
                    Gate = gate.Make(side),
                    Note = note,
                },
                CancellationToken.None)}");
    }

    // Some are stale on purpose, and some name elements that somebody owns.
    private static async Task<PlannedCall?> AmendAsync(RandomHops hops, ComparedStore model)
    {
        List<Amendment> amendments = [];
        foreach (ElementId id in hops.Known.TakeLast(40).Where(_ => hops.OneIn(10)))
        {
            if (await model.Store.Directory.FindAsync(ElementRef.Of(id), CancellationToken.None) is not { } found)
                continue;
            byte[] data = hops.Data();
            amendments.Add(new Amendment
            {
                Key = 0,
                Id = id,
                Hop = found.Summary.Hop - (hops.OneIn(8) ? 1 : 0),
                Revision = found.Revision + (hops.OneIn(8) ? 1 : 0),
                Data = data,
                Slot = hops.Slot(found.Summary.Node) with { Held = hops.Rows.Of(data) },
                Detail = hops.OneIn(2) ? """{"by":"ann"}""" : null,
            });
        }

        if (amendments.Count == 0)
            return null;
        IEnumerable<string> names =
            amendments.Select(one => $"{VisibleState.Name(one.Id)}@{one.Hop}.{one.Revision}");
        return new PlannedCall(
            $"amend {string.Join(", ", names)}",
            async side =>
            {
                List<Amendment> own = [];
                foreach (Amendment amendment in amendments)
                {
                    await side.LearnAsync(amendment.Id);
                    own.Add(amendment with { Key = side.KeyOf(amendment.Id) });
                }

                return string.Join(", ", await side.Store.Held.AmendAsync(own, CancellationToken.None));
            });
    }

    private static async Task<PlannedCall?> ActAsync(RandomHops hops, ComparedStore model)
    {
        NodeAddress queue = hops.Pick(RandomHeldRows.Queues);
        HeldPage page = await model.Store.Held.ListAsync(
            queue, HeldFilter.All, new HeldPageRequest(), CancellationToken.None);
        (HeldElement Element, Destination To, byte[] Data, int Stale)[] chosen =
        [
            .. page.Items.Where(_ => hops.OneIn(4)).Select(held => (Held: held, Data: hops.Data()))
                .Select(one => (one.Held, To(hops, one.Data), one.Data, hops.OneIn(8) ? 1 : 0)),
        ];
        if (chosen.Length == 0)
            return null;
        Dictionary<ElementId, IReadOnlyList<ChangeAnswer>> answers =
            chosen.ToDictionary(one => one.Element.Id, one => hops.Answers(one.Element.Id));
        IEnumerable<string> decisions = chosen.Select(one => $"{VisibleState.Name(one.Element.Id)} {one.To}");
        return new PlannedCall(
            $"decide at {queue} {string.Join(", ", decisions)}",
            async side =>
            {
                List<Hop> acts = [];
                foreach ((HeldElement element, Destination to, byte[] data, int stale) in chosen)
                {
                    await side.LearnAsync(element.Id);
                    HeldElement own = side.Own(element);
                    acts.Add(new Hop
                    {
                        Key = own.Key,
                        Id = own.Id,
                        From = own.Hop,
                        Revision = own.Revision + stale,
                        Node = queue,
                        To = to,
                        Kind = to is Destination.End ? JournalKind.Dropped : JournalKind.Resumed,
                        Data = data,
                        Caller = own.Caller,
                        Changes = answers[own.Id],
                    });
                }

                IReadOnlyList<HopOutcome> outcomes = await side.Store.Held.ActAsync(acts, CancellationToken.None);
                for (int i = 0; i < acts.Count && side == model; i++)
                    hops.Learn(acts[i].Id, outcomes[i]);
                return VisibleState.Of(outcomes);
            });
    }

    private PlannedCall List(RandomHops hops)
    {
        NodeAddress queue = hops.Pick(RandomHeldRows.Queues);
        HeldColumn column = hops.Pick(hops.Rows.Columns);
        HeldPageRequest page = new(random.Next(1, 6), column.Name, hops.OneIn(2));
        Planned<HeldFilter> filter = Filter(hops);
        return new PlannedCall($"list {queue} by {column.Name}, page by page, {filter.Text}", async side =>
        {
            List<string> lines = [];
            for (HeldPageRequest? next = page; next is not null;)
            {
                HeldPage part = await side.Store.Held.ListAsync(queue, filter.Make(side), next, CancellationToken.None);
                lines.AddRange(part.Items.Select(held => VisibleState.Of(side, held)));
                next = part.Next is null
                    ? null
                    : new HeldPageRequest(page.Size, page.SortBy, page.Descending, part.Next);
            }

            return string.Join('\n', lines);
        });
    }

    private PlannedCall Group(RandomHops hops)
    {
        NodeAddress queue = hops.Pick(RandomHeldRows.Queues);
        string[] groupBy = hops.OneIn(4)
            ? []
            : [.. hops.Rows.Columns.Select(column => column.Name).Append("GROUP").Where(_ => hops.OneIn(2))];
        HeldColumn measured = hops.Pick(hops.Rows.Columns);
        Planned<HeldFilter> filter = Filter(hops);
        Planned<HeldGate?> gate = Gate(hops);
        string text = $"group {queue} by {string.Join(", ", groupBy)}, {filter.Text} {gate.Text}";
        return new PlannedCall(text, async side =>
        {
            IReadOnlyList<HeldGroup> groups = await side.Store.Held.GroupAsync(
                queue,
                new HeldQuery
                {
                    Filter = filter.Make(side),
                    GroupBy = groupBy,
                    Measures =
                    [
                        new HeldMeasure("weightgrams", HeldFunction.Sum),
                        new HeldMeasure(measured.Name, HeldFunction.Min),
                        new HeldMeasure(measured.Name, HeldFunction.Max),
                    ],
                    Having = gate.Make(side),
                },
                CancellationToken.None);
            return string.Join(
                '\n', groups.Select(group => VisibleState.Of(side, group)).Order(StringComparer.Ordinal));
        });
    }

    private Planned<HeldFilter> Filter(RandomHops hops)
    {
        string? group = hops.OneIn(4) ? hops.Rows.Of(hops.Data()).Group : null;
        ElementId[]? ids = hops.OneIn(5) ? [.. hops.Known.Where(_ => hops.OneIn(2))] : null;
        TimeSpan? age = hops.OneIn(5) ? hops.Span() : null;
        HeldCondition[] where =
            [.. hops.Rows.Columns.Where(_ => hops.OneIn(4)).Select(column => Condition(hops, column))];
        return new Planned<HeldFilter>(
            $"[group {group}, ids {(ids is null ? "any" : string.Join(' ', ids.Select(id => VisibleState.Name(id))))},"
            + $" held {age} ago, where {string.Join(' ', where)}]",
            side => new HeldFilter { Group = group, Ids = ids, HeldBefore = side.Fixture.Now - age, Where = where });
    }

    private HeldCondition Condition(RandomHops hops, HeldColumn column)
    {
        HeldValue value = hops.Rows.Value(column);
        int comparisons = value == HeldValue.None ? 2 : 6;
        return new HeldCondition(column.Name.ToUpperInvariant(), (HeldComparison)random.Next(comparisons), value);
    }

    private Planned<HeldGate?> Gate(RandomHops hops)
    {
        if (hops.OneIn(2))
            return new Planned<HeldGate?>("no gate", _ => null);
        int count = random.Next(1, 5);
        decimal? sum = hops.OneIn(3) ? random.Next(0, 5) : null;
        TimeSpan? age = hops.OneIn(4) ? hops.Span() : null;
        string? complete = hops.OneIn(5) ? "weightGrams" : null;
        return new Planned<HeldGate?>(
            $"gate [count {count}, sum {sum}, held {age} ago, complete by {complete}]",
            side => new HeldGate
            {
                MinCount = count,
                SumColumn = sum is null ? null : "weightGrams",
                MinSum = sum ?? 0,
                OldestAt = side.Fixture.Now - age,
                CompleteBy = complete,
            });
    }

    private static Destination To(RandomHops hops, byte[] data) => hops.OneIn(3)
        ? new Destination.End(Ending.Dropped, default, "hopeless")
        : new Destination.Enqueue(hops.HoldingSlot(hops.Node(), data));
}
