using Waybill.Stores;

namespace Waybill.Testing.Memory;

internal sealed class MemoryHeldStore(MemoryState state, MemoryHops rules) : IHeldStore
{
    private const int GroupMax = 1000;

    public Task DeclareAsync(IReadOnlyList<HeldQueue> queues, CancellationToken cancel) =>
        state.RunAsync(() => Declare(queues), cancel);

    public Task<HeldPage> ListAsync(
        NodeAddress queue, HeldFilter filter, HeldPageRequest page, CancellationToken cancel) =>
        state.RunAsync(() => List(state.HeldQueues.Get(queue), filter, page), cancel);

    public Task<IReadOnlyList<HeldGroup>> GroupAsync(NodeAddress queue, HeldQuery query, CancellationToken cancel) =>
        state.RunAsync(() => Group(state.HeldQueues.Get(queue), query), cancel);

    public Task<HeldReleased> ReleaseAsync(HeldRelease release, CancellationToken cancel) =>
        state.RunAsync(() => Release(state.HeldQueues.Get(release.Queue), release), cancel);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        state.RunAsync(
            () => hops.FirstOrDefault(hop => hop.To is Destination.HandOver) is { } wrong
                ? throw new ArgumentException(
                    $"Nobody owns the held element {wrong.Id}, so nobody can be handed it. Enqueue it.", nameof(hops))
                : rules.Apply(hops, element => element.Place.State == ElementState.Held),
            cancel);

    public Task<IReadOnlyList<bool>> AmendAsync(IReadOnlyList<Amendment> amendments, CancellationToken cancel) =>
        state.RunAsync<IReadOnlyList<bool>>(
            () =>
            {
                foreach (Amendment amendment in amendments)
                {
                    if (state.Find(amendment.Key) is { Held: not null } held)
                        state.HeldQueues.RequireFits(new QueueSlot(held.Node, Held: amendment.Slot?.Held));
                }

                return [.. amendments.Select(Amend)];
            },
            cancel);

    public Task<Page<BatchMember>> MembersAsync(ElementId batch, PageRequest page, CancellationToken cancel) =>
        state.RunAsync(
            () => page.Cut(
                state.Queues.MembersOf(batch),
                member => member.Key,
                member => new BatchMember(member.Key, member.Id, member.BusinessKey, member.Data)),
            cancel);

    private bool Declare(IReadOnlyList<HeldQueue> queues)
    {
        HeldQueue[] changed =
        [
            .. queues.Where(queue => state.HeldQueues.Find(queue.Node) is not { } known
                || !known.Columns.SequenceEqual(queue.Columns)),
        ];
        // All rows are made before the first is written: the data of one may be wrong.
        (MemoryElement Element, HeldRow Row)[] rows =
        [
            .. changed.SelectMany(queue => HeldAt(queue.Node).Select(element => (element, queue.RowOf(element.Data)))),
        ];
        foreach (HeldQueue queue in changed)
            state.HeldQueues.Declare(queue);
        foreach ((MemoryElement element, HeldRow row) in rows)
            element.Held = element.Held! with { Row = row };
        return changed.Length > 0;
    }

    private HeldPage List(MemoryHeldQueue queue, HeldFilter filter, HeldPageRequest page)
    {
        Func<MemoryElement, HeldValue> value = page.SortBy is { } column
            ? queue.Column(column)
            : element => HeldValue.Of(element.Held!.At);
        int sign = page.Descending ? -1 : 1;
        Comparer<(HeldValue Value, long Key)> order = Comparer<(HeldValue Value, long Key)>.Create((x, y) =>
            sign * (HeldOrder.Ascending.Compare(x.Value, y.Value) is var compared and not 0
                ? compared
                : x.Key.CompareTo(y.Key)));
        MemoryElement[] found =
        [
            .. HeldAt(queue.Node).Where(queue.Filter(filter))
                .Where(element => page.After is not { } after
                    || order.Compare((value(element), element.Key), (after.Value, after.Key)) > 0)
                .OrderBy(element => (value(element), element.Key), order)
                .Take(page.Size + 1),
        ];
        return new HeldPage(
            [.. found.Take(page.Size).Select(ToItem)],
            found.Length > page.Size ? new HeldCursor(value(found[page.Size - 1]), found[page.Size - 1].Key) : null);
    }

    private IReadOnlyList<HeldGroup> Group(MemoryHeldQueue queue, HeldQuery query)
    {
        Func<MemoryElement, HeldValue>[] keys = [.. query.GroupBy.Select(column => KeyOf(queue, column))];
        Func<IEnumerable<MemoryElement>, HeldValue>[] measures = [.. query.Measures.Select(queue.Measure)];
        Func<IReadOnlyCollection<MemoryElement>, bool> isWanted =
            query.Having is { } gate ? queue.Gate(gate) : _ => true;
        MemoryElement[] matching = [.. HeldAt(queue.Node).Where(queue.Filter(query.Filter))];
        IEnumerable<(IReadOnlyList<HeldValue> Keys, MemoryElement[] Elements)> groups = keys.Length == 0
            ? [([], matching)]
            : matching
                .GroupBy(element => keys.Select(key => key(element)).ToArray(), new SameValues())
                .Select(group => ((IReadOnlyList<HeldValue>)group.Key, group.ToArray()));
        return
        [
            .. groups.Where(group => isWanted(group.Elements))
                .Select(group => new HeldGroup(
                    group.Keys, group.Elements.LongLength,
                    group.Elements.Select(element => (DateTimeOffset?)element.Held!.At).Min(),
                    [.. measures.Select(measure => measure(group.Elements))]))
                .OrderByDescending(group => group.Count)
                .Take(GroupMax),
        ];
    }

    private HeldReleased Release(MemoryHeldQueue queue, HeldRelease release)
    {
        state.HeldQueues.RequireFits(release.Batch.Slot);
        Func<IReadOnlyCollection<MemoryElement>, bool> isOpen =
            release.Gate is { } gate ? queue.Gate(gate) : _ => true;
        MemoryElement[] matching =
        [
            .. HeldAt(queue.Node).Where(queue.Filter(release.Filter))
                .OrderBy(element => element.Held!.At).ThenBy(element => element.Key),
        ];
        if (matching.Length == 0)
            return new HeldReleased(HeldReleaseStatus.NothingHeld, 0);
        if (!isOpen(matching))
            return new HeldReleased(HeldReleaseStatus.GateClosed, 0);
        MemoryElement[] members = [.. matching.Take(release.Max)];
        state.Insert(
            release.Batch, caller: null, JournalKind.Released,
            JournalDetail.Released(
                release.Batch.BusinessKey, release.Note, members.Select(member => member.Id)));
        foreach (MemoryElement member in members)
            Join(member, release);
        return new HeldReleased(HeldReleaseStatus.Released, members.Length);
    }

    private void Join(MemoryElement member, HeldRelease release)
    {
        member.Hop++;
        member.ArrivedHop = member.Hop;
        member.MovedAt = state.Now;
        member.Node = release.ResumeAt;
        member.Failure = null;
        member.Held = null;
        state.Queues.Put(member, member.Place with
        {
            Node = release.ResumeAt,
            State = ElementState.Batched,
            Hop = member.Hop,
            Attempts = 0,
            Batch = release.Batch.Id,
        });
        state.Write(JournalKind.Batched, member, JournalDetail.Batched(release.Batch.Id));
    }

    private bool Amend(Amendment amendment)
    {
        if (state.Find(amendment.Key) is not { } element || element.Id != amendment.Id
            || element.Hop != amendment.Hop || element.Revision != amendment.Revision
            || element.Place.State == ElementState.Owned)
            return false;
        state.Amend(element, amendment.Data, amendment.Slot);
        state.Write(JournalKind.Amended, element, amendment.Detail, facts: amendment.Facts);
        return true;
    }

    private IEnumerable<MemoryElement> HeldAt(NodeAddress node) =>
        state.Elements.Values.Where(element => element.Held is not null && element.Node == node);

    private static Func<MemoryElement, HeldValue> KeyOf(MemoryHeldQueue queue, string column) =>
        column.Equals(HeldQuery.GroupKey, StringComparison.OrdinalIgnoreCase)
            ? element => HeldValue.Of(element.Held!.Row.Group)
            : queue.Column(column);

    private static HeldElement ToItem(MemoryElement element) => new(
        element.Key, element.Id, element.BusinessKey, element.Hop, element.Revision, element.Held!.Row.Group,
        element.Held.At, element.Held.Row.Values, element.Caller);

    private sealed class SameValues : IEqualityComparer<HeldValue[]>
    {
        public bool Equals(HeldValue[]? x, HeldValue[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(HeldValue[] values) =>
            values.Aggregate(0, (hash, value) => HashCode.Combine(hash, value));
    }
}
