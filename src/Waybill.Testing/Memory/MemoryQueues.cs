using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>
/// Keeps every place, and sorted views of those that something looks for. The only writer of places, so that the rule
/// of lines stands in one spot: of a line of per-key order, only the first may be ready or delayed; others are blocked.
/// </summary>
internal sealed class MemoryQueues(MemoryClock clock)
{
    private readonly Dictionary<long, MemoryElement> elements = [];
    private readonly Dictionary<NodeAddress, SortedSet<(int Rank, long Key)>> ready = [];
    private readonly SortedSet<(DateTimeOffset Due, long Key)> dues = [];
    private readonly SortedDictionary<long, SortedSet<long>> owned = [];
    private readonly Dictionary<LineAddress, SortedSet<(long Number, long Key)>> lines = [];
    private readonly Dictionary<ElementId, SortedSet<long>> batches = [];
    private readonly List<NodeAddress> arrivals = [];
    private long lastLineNumber;

    /// <summary>Nodes that got ready elements since this was last asked, each once.</summary>
    public IReadOnlyList<NodeAddress> TakeArrivals()
    {
        NodeAddress[] taken = [.. arrivals.Distinct()];
        arrivals.Clear();
        return taken;
    }

    public void Add(MemoryElement element)
    {
        elements.Add(element.Key, element);
        Index(element);
    }

    /// <summary>Takes an element away; who stood behind it in a line may move up.</summary>
    public void Remove(MemoryElement element)
    {
        Unindex(element);
        elements.Remove(element.Key);
        MoveUp(element.Place.Line);
    }

    /// <summary>
    /// Puts an element into a state that no line can hold up. Who stood behind it in a line it left may move up.
    /// </summary>
    public void Put(MemoryElement element, MemoryPlace place)
    {
        LineAddress? before = element.Place.Line;
        Unindex(element);
        element.Place = place;
        Index(element);
        if (before != place.Line)
            MoveUp(before);
    }

    /// <summary>
    /// Lets an element wait for its turn: ready, delayed while its due is to come, or blocked by its line.
    /// </summary>
    public void PutWaiting(MemoryElement element, MemoryPlace place) => Put(element, Waiting(element.Key, place));

    /// <summary>The state in which an element waits for its turn at a place.</summary>
    public MemoryPlace Waiting(long key, MemoryPlace place)
    {
        if (IsBehindAnother(key, place))
            return place with { State = ElementState.Blocked, Owner = null };
        return place.Due > clock.Now
            ? place with { State = ElementState.Delayed, Owner = null }
            : place with { State = ElementState.Ready, Owner = null, Due = null };
    }

    /// <summary>
    /// The place moved to a slot: at its old place in the line when it stays in it, else at the end of the new one.
    /// </summary>
    public MemoryPlace Slotted(MemoryPlace place, QueueSlot slot)
    {
        bool stays = slot.OrderKey is not null && place.Line == new LineAddress(slot.Node, slot.OrderKey);
        return place with
        {
            Node = slot.Node,
            Rank = slot.Rank,
            OrderKey = slot.OrderKey,
            LineNumber = stays ? place.LineNumber : slot.OrderKey is null ? 0 : ++lastLineNumber,
        };
    }

    /// <summary>Ready elements of a node, the lowest rank first, then the oldest.</summary>
    public IReadOnlyList<MemoryElement> Ready(NodeAddress node, int max) =>
        ready.TryGetValue(node, out SortedSet<(int Rank, long Key)>? queue)
            ? [.. queue.Take(max).Select(entry => elements[entry.Key])]
            : [];

    /// <summary>Delayed elements and waits for a signal whose time has come, the oldest due first.</summary>
    public IReadOnlyList<MemoryElement> Due(int max) =>
        [.. dues.TakeWhile(entry => entry.Due <= clock.Now).Take(max).Select(entry => elements[entry.Key])];

    /// <summary>When something becomes due next; null when nothing waits for time.</summary>
    public DateTimeOffset? NextDue => dues.Count == 0 ? null : dues.Min.Due;

    /// <summary>What an epoch owns, oldest first.</summary>
    public IReadOnlyCollection<long> OwnedBy(WorkerEpoch epoch) => owned.GetValueOrDefault(epoch.Value) ?? [];

    /// <summary>Owned elements whose owner is none of the live ones.</summary>
    public IReadOnlyList<MemoryElement> Orphans(Func<WorkerEpoch, bool> isLive, int max) =>
        [.. owned.Where(entry => !isLive(new WorkerEpoch(entry.Key)))
            .SelectMany(entry => entry.Value).Take(max).Select(key => elements[key])];

    /// <summary>The members that a batch still has, oldest first.</summary>
    public IReadOnlyList<MemoryElement> MembersOf(ElementId batch) =>
        batches.TryGetValue(batch, out SortedSet<long>? members) ? [.. members.Select(key => elements[key])] : [];

    private bool IsBehindAnother(long key, MemoryPlace place) =>
        place.Line is { } line
        && lines.TryGetValue(line, out SortedSet<(long Number, long Key)>? queue)
        && queue.Min.Key != key
        && queue.Min.Number < place.LineNumber;

    private void MoveUp(LineAddress? left)
    {
        if (left is not { } line || !lines.TryGetValue(line, out SortedSet<(long Number, long Key)>? queue))
            return;
        MemoryElement first = elements[queue.Min.Key];
        if (first.Place.State == ElementState.Blocked)
            PutWaiting(first, first.Place);
    }

    private void Index(MemoryElement element)
    {
        MemoryPlace place = element.Place;
        if (place.Line is { } line)
            Entry(lines, line).Add((place.LineNumber, element.Key));
        if (IsDueSomeTime(place))
            dues.Add((place.Due!.Value, element.Key));
        if (place.Owner is { } owner)
            Entry(owned, owner.Value).Add(element.Key);
        if (place.Batch is { } batch)
            Entry(batches, batch).Add(element.Key);
        if (place.State == ElementState.Ready)
        {
            Entry(ready, place.Node).Add((place.Rank, element.Key));
            arrivals.Add(place.Node);
        }
    }

    private void Unindex(MemoryElement element)
    {
        MemoryPlace place = element.Place;
        if (place.Line is { } line)
            Drop(lines, line, (place.LineNumber, element.Key));
        if (IsDueSomeTime(place))
            dues.Remove((place.Due!.Value, element.Key));
        if (place.Owner is { } owner)
            Drop(owned, owner.Value, element.Key);
        if (place.Batch is { } batch)
            Drop(batches, batch, element.Key);
        if (place.State == ElementState.Ready)
            Drop(ready, place.Node, (place.Rank, element.Key));
    }

    private static bool IsDueSomeTime(MemoryPlace place) =>
        place.State is ElementState.Delayed or ElementState.AwaitingSignal && place.Due is not null;

    private static SortedSet<TEntry> Entry<TKey, TEntry>(IDictionary<TKey, SortedSet<TEntry>> views, TKey key)
        where TKey : notnull
    {
        if (!views.TryGetValue(key, out SortedSet<TEntry>? view))
            views.Add(key, view = []);
        return view;
    }

    private static void Drop<TKey, TEntry>(IDictionary<TKey, SortedSet<TEntry>> views, TKey key, TEntry entry)
        where TKey : notnull
    {
        SortedSet<TEntry> view = views[key];
        view.Remove(entry);
        if (view.Count == 0)
            views.Remove(key);
    }
}
