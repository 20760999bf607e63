using Waybill.Stores;

namespace Waybill.Testing.Memory;

/// <summary>The instant at which the running transaction takes place: one for all that it writes.</summary>
internal sealed class MemoryClock
{
    public DateTimeOffset Now { get; set; }
}

/// <summary>
/// Everything that the store keeps. One lock around all of it makes every method of every role one transaction; nothing
/// is ever half done, because whatever can fail is checked before the first change.
/// </summary>
internal sealed class MemoryState
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly MemoryClock clock = new();
    private readonly Dictionary<ElementId, MemoryElement> elementsById = [];
    private readonly Dictionary<ElementId, SortedDictionary<long, MemoryElement>> called = [];
    private readonly Dictionary<ElementId, MemoryTicket> ticketsById = [];
    private readonly Dictionary<(string Workflow, string BusinessKey), MemoryTicket> ticketsByKey = [];
    private long lastKey;
    private long lastTicket;
    private long transaction;
    private int transactionRows;

    public MemoryState(TimeProvider time)
    {
        this.time = time;
        Queues = new MemoryQueues(clock);
    }

    /// <summary>Raised after a transaction, once for each node that got ready elements.</summary>
    public event Action<NodeAddress>? Arrived;

    /// <summary>Elements in flight by store key, oldest first.</summary>
    public SortedDictionary<long, MemoryElement> Elements { get; } = [];

    public MemoryQueues Queues { get; }

    /// <summary>Tickets by number, oldest first.</summary>
    public SortedDictionary<long, MemoryTicket> Tickets { get; } = [];

    /// <summary>Workers whose epochs have not ended, by epoch.</summary>
    public SortedDictionary<long, MemoryWorker> Workers { get; } = [];

    public List<JournalEntry> Journal { get; } = [];

    /// <summary>Registered readers of the journal by name.</summary>
    public SortedDictionary<string, JournalReader> Readers { get; } = new(StringComparer.Ordinal);

    public MemoryTables Tables { get; } = new();

    public MemoryLedger Ledger { get; } = new();

    /// <summary>The declared aggregation queues.</summary>
    public MemoryHeldQueues HeldQueues { get; } = new();

    public DateTimeOffset Now => clock.Now;

    /// <summary>Runs one transaction, at one instant.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
            return Task.FromCanceled<T>(cancel);
        try
        {
            return Task.FromResult(Run(work));
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }

    public T Run<T>(Func<T> work)
    {
        T result;
        IReadOnlyList<NodeAddress> arrivals;
        lock (gate)
        {
            clock.Now = time.GetUtcNow();
            transaction++;
            transactionRows = 0;
            result = work();
            arrivals = Queues.TakeArrivals();
        }

        foreach (NodeAddress node in arrivals)
            Arrived?.Invoke(node);
        return result;
    }

    public bool IsLive(WorkerEpoch epoch) => Workers.ContainsKey(epoch.Value);

    public void RequireLive(WorkerEpoch epoch)
    {
        if (!IsLive(epoch))
            throw new EpochLostException(epoch);
    }

    public MemoryElement? Find(long key) => Elements.GetValueOrDefault(key);

    /// <summary>
    /// The element in flight that a reference names. By business key only submitted ones can be named.
    /// </summary>
    public MemoryElement? Find(ElementRef reference) =>
        reference.Id is { } id
            ? elementsById.GetValueOrDefault(id)
            : FindTicket(reference) is { } ticket ? elementsById.GetValueOrDefault(ticket.Record.Id) : null;

    public MemoryTicket? FindTicket(ElementRef reference) =>
        reference.Id is { } id
            ? ticketsById.GetValueOrDefault(id)
            : ticketsByKey.GetValueOrDefault((reference.Workflow!, reference.BusinessKey!));

    /// <summary>What an element called and what is still in flight, oldest first.</summary>
    public IReadOnlyList<MemoryElement> CalledBy(MemoryElement caller) =>
        called.TryGetValue(caller.Id, out SortedDictionary<long, MemoryElement>? elements) ? [.. elements.Values] : [];

    /// <summary>
    /// Inserts an element at the end of its line, or among what is held, and journals it as accepted. Tickets are a
    /// matter of their own.
    /// </summary>
    public MemoryElement Insert(NewElement element, CallerRef? caller) =>
        Insert(element, caller, JournalKind.Accepted, JournalDetail.Accepted(element.BusinessKey, caller));

    public MemoryElement Insert(NewElement element, CallerRef? caller, JournalKind kind, string detail)
    {
        long key = ++lastKey;
        MemoryPlace place = Queues.Slotted(
            new MemoryPlace { Node = element.Slot.Node, State = ElementState.Ready }, element.Slot);
        MemoryElement inserted = new()
        {
            Key = key,
            Id = element.Id,
            BusinessKey = element.BusinessKey,
            Caller = caller,
            Trace = element.Trace,
            AcceptedAt = Now,
            MovedAt = Now,
            Node = element.Slot.Node,
            Data = element.Data.ToArray(),
            Held = element.Slot.Held is { } row ? HeldNow(row) : null,
            Place = element.Slot.Held is null ? Queues.Waiting(key, place) : place with { State = ElementState.Held },
        };
        elementsById.Add(inserted.Id, inserted);
        Elements.Add(key, inserted);
        Queues.Add(inserted);
        if (caller is not null)
        {
            if (!called.TryGetValue(caller.Id, out SortedDictionary<long, MemoryElement>? siblings))
                called.Add(caller.Id, siblings = []);
            siblings.Add(key, inserted);
        }

        Write(kind, inserted, detail, facts: element.Facts);
        return inserted;
    }

    /// <summary>
    /// Lets an element wait at its place: held when there is a row for it and no instant to wait for first, else for
    /// its turn.
    /// </summary>
    public void Settle(MemoryElement element, MemoryPlace place, HeldRow? row)
    {
        if (row is null || place.Due > Now)
        {
            Queues.PutWaiting(element, place);
            return;
        }

        element.Held = HeldNow(row);
        Queues.Put(element, place with { State = ElementState.Held, Owner = null, Due = null });
    }

    /// <summary>Changes data where the element stands, and its row when it is held and a new one is given.</summary>
    public void Amend(MemoryElement element, ReadOnlyMemory<byte> data, QueueSlot? slot)
    {
        element.Data = data.ToArray();
        element.Revision++;
        if (slot?.Held is { } row && element.Held is { } before)
            element.Held = row.Group == before.Row.Group ? before with { Row = row } : HeldNow(row);
        // One that is about to be cancelled stands at the front, and stays there.
        MemoryPlace place = element.Place;
        if (slot is null || place.Cancel == CancelMark.Pending
            || (place.Rank == slot.Rank && place.OrderKey == slot.OrderKey))
            return;
        MemoryPlace after = Queues.Slotted(place, slot with { Node = place.Node });
        if (place.State is ElementState.Ready or ElementState.Delayed or ElementState.Blocked)
            Queues.PutWaiting(element, after);
        else
            Queues.Put(element, after);
    }

    // To the microsecond, as a page's cursor has it.
    private MemoryHeldRow HeldNow(HeldRow row) => new(row, HeldValue.Of(Now).Instant!.Value);

    public void Delete(MemoryElement element)
    {
        Queues.Remove(element);
        Elements.Remove(element.Key);
        elementsById.Remove(element.Id);
        if (element.Caller is not { } caller)
            return;
        called[caller.Id].Remove(element.Key);
        if (called[caller.Id].Count == 0)
            called.Remove(caller.Id);
    }

    public void AddTicket(NewElement element)
    {
        MemoryTicket ticket = new()
        {
            Number = ++lastTicket,
            Record = new TicketRecord(
                element.Id, element.Slot.Node.Workflow, element.BusinessKey, Now, null, null, default, null),
        };
        Tickets.Add(ticket.Number, ticket);
        ticketsById.Add(element.Id, ticket);
        ticketsByKey.Add((ticket.Record.Workflow, ticket.Record.BusinessKey), ticket);
    }

    public void ForgetTicket(MemoryTicket ticket)
    {
        Tickets.Remove(ticket.Number);
        ticketsById.Remove(ticket.Record.Id);
        ticketsByKey.Remove((ticket.Record.Workflow, ticket.Record.BusinessKey));
    }

    /// <summary>Journals what happened to an element, at the hop and node where it is now.</summary>
    public void Write(
        JournalKind kind, MemoryElement element, string? detail = null, TimeSpan worked = default,
        string? facts = null) =>
        Write(kind, element.Id, element.Hop, element.Node, worked, detail, facts);

    public void Write(
        JournalKind kind, ElementId element, int hop, NodeAddress node, TimeSpan worked, string? detail,
        string? facts) =>
        Journal.Add(new JournalEntry(
            new JournalPosition(transaction, ++transactionRows), Now, kind, element, hop, node, worked, detail)
        {
            Facts = facts,
        });
}

/// <summary>One live epoch.</summary>
internal sealed class MemoryWorker
{
    public required string Name { get; init; }

    public required DateTimeOffset LeaseUntil { get; set; }
}
