using Waybill.Postgres.Connections;
using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>
/// The places that one transaction has locked, and the front of the lines that it has locked, in memory. The only one
/// that changes places, so that the rule of lines stands in one spot: of a line of per-key order, only the first may be
/// ready or delayed; others are blocked.
/// </summary>
internal sealed class Board(DateTime now, Numbers numbers)
{
    private readonly Dictionary<long, Place> places = [];
    private readonly Dictionary<LineKey, List<Place>> lines = [];
    private readonly HashSet<Place> changed = [];

    /// <summary>The instant of the transaction, by the database's clock.</summary>
    public DateTime Now { get; } = now;

    public IReadOnlyCollection<Place> Places => places.Values;

    /// <summary>Signals that were kept for elements that begin to wait: the oldest of its name for each.</summary>
    public Dictionary<long, KeptSignal> Mailbox { get; } = [];

    /// <summary>
    /// Callers and what they called, of the callers that were asked for and all below them; oldest first.
    /// </summary>
    public ILookup<Guid, long> Called { get; set; } = Array.Empty<long>().ToLookup(_ => Guid.Empty);

    /// <summary>Batch elements that were asked for, and the members that they have.</summary>
    public ILookup<long, long> Members { get; set; } = Array.Empty<long>().ToLookup(_ => 0L);

    /// <summary>What has to be written in the end.</summary>
    public Changes Changes { get; } = new();

    /// <summary>What of the ledger of change requests concerns these places.</summary>
    public BoardLedger Ledger { get; } = new();

    public Place? Find(long key) => places.GetValueOrDefault(key);

    public void Load(Place place) => places.Add(place.Key, place);

    public void LoadLine(LineKey line, List<Place> front) =>
        lines.Add(line, [.. front.Select(place => places.GetValueOrDefault(place.Key, place))]);

    public long NextNumber() => numbers.Next();

    /// <summary>Takes in an element that did not exist.</summary>
    public void Add(Place place)
    {
        places.Add(place.Key, place);
        if (place.Line is { } line)
            lines[line].Add(place);
        NoteArrival(place);
    }

    /// <summary>Takes an element away; who stood behind it in a line may move up.</summary>
    public void Remove(Place place)
    {
        places.Remove(place.Key);
        changed.Remove(place);
        Leave(place, place.Line);
    }

    /// <summary>Notes that something about a place has changed that is no matter of its queue.</summary>
    public void Note(Place place)
    {
        if (places.ContainsKey(place.Key))
            changed.Add(place);
    }

    /// <summary>Notes that a place has changed. Who stood behind it in a line that it left may move up.</summary>
    /// <param name="place">The place as it is now.</param>
    /// <param name="before">The line in which it stood before.</param>
    public void Put(Place place, LineKey? before)
    {
        changed.Add(place);
        if (before != place.Line)
        {
            if (place.Line is { } line)
                lines[line].Add(place);
            Leave(place, before);
        }

        NoteArrival(place);
    }

    /// <summary>
    /// Lets an element wait for its turn: ready, delayed while its due is to come, or blocked by its line.
    /// </summary>
    public void PutWaiting(Place place, LineKey? before)
    {
        Wait(place);
        Put(place, before);
    }

    /// <summary>
    /// Lets an element arrive at a slot whose due it has: held there when it is an aggregation queue's and nothing else
    /// has to be waited for, else as it waits for its turn.
    /// </summary>
    public void PutArriving(Place place, LineKey? before, HeldRow? row)
    {
        Arrive(place, row);
        Put(place, before);
    }

    /// <summary>Gives a place the state in which it arrives at its slot.</summary>
    public void Arrive(Place place, HeldRow? row)
    {
        Wait(place);
        if (row is null || place.State != ElementState.Ready)
            return;
        place.State = ElementState.Held;
        Changes.Held.Add((place.Node, place.Key, row));
    }

    /// <summary>Gives a place the state in which it waits for its turn.</summary>
    public void Wait(Place place)
    {
        place.Owner = null;
        if (IsBehindAnother(place))
        {
            place.State = ElementState.Blocked;
        }
        else if (place.Due > Now)
        {
            place.State = ElementState.Delayed;
        }
        else
        {
            place.State = ElementState.Ready;
            place.Due = null;
        }
    }

    /// <summary>
    /// Moves a place to a slot: at its old place in the line when it stays in it, else at the end of the new one.
    /// </summary>
    public void MoveTo(Place place, int node, int rank, string? orderKey)
    {
        bool stays = orderKey is not null && place.Line == new LineKey(node, orderKey);
        place.Node = node;
        place.Rank = rank;
        place.OrderKey = orderKey;
        if (!stays)
            place.LineNumber = orderKey is null ? 0 : NextNumber();
    }

    /// <summary>
    /// Changes an element's data where it stands, and where it stands there when a slot says so. One that is about to
    /// be cancelled keeps its place at the front.
    /// </summary>
    public void Revise(Place place, ReadOnlyMemory<byte> data, QueueSlot? slot)
    {
        place.Revision++;
        Changes.Amended.Add((place, data, slot?.Held));
        string? orderKey = StorableText.OrNull(slot?.OrderKey);
        if (slot is null || place.Cancel == CancelMark.Pending
            || (place.Rank == slot.Rank && place.OrderKey == orderKey))
            return;
        LineKey? before = place.Line;
        MoveTo(place, place.Node, slot.Rank, orderKey);
        if (place.State is ElementState.Ready or ElementState.Delayed or ElementState.Blocked)
            PutWaiting(place, before);
        else
            Put(place, before);
    }

    /// <summary>The places that have to be written.</summary>
    public IReadOnlyCollection<Place> Changed => changed;

    private bool IsBehindAnother(Place place) =>
        place.Line is { } line
        && lines[line] is [Place first, ..]
        && first.Key != place.Key
        && first.LineNumber < place.LineNumber;

    private void Leave(Place place, LineKey? left)
    {
        if (left is not { } line)
            return;
        List<Place> standing = lines[line];
        standing.Remove(place);
        if (standing is [{ State: ElementState.Blocked } first, ..])
            PutWaiting(first, line);
    }

    private void NoteArrival(Place place)
    {
        if (place.State == ElementState.Ready)
            Changes.Arrivals.Add(place.Node);
    }
}

/// <summary>
/// Numbers that were drawn from the database, a block at a time; they grow in the order of the draws.
/// </summary>
internal sealed class Numbers(IReadOnlyList<long> blocks)
{
    /// <summary>How many numbers a block holds.</summary>
    public const int BlockSize = 4096;

    private int taken;

    public long Next()
    {
        int index = taken++;
        return (blocks[index / BlockSize] * BlockSize) + (index % BlockSize);
    }
}

/// <summary>A signal that came before its element waited for it.</summary>
/// <param name="Number">Its row.</param>
/// <param name="Payload">UTF-8 JSON.</param>
internal sealed record KeptSignal(long Number, ReadOnlyMemory<byte> Payload);
