using Waybill.Sqlite.Holding;
using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite.Moving;

/// <summary>
/// The table <c>place</c>. Its only writer beside <see cref="Claims"/>, so that the rule of lines stands in one spot:
/// of a line of per-key order, only the first may be ready or delayed; others are blocked. It also keeps the tables of
/// aggregation queues right: they have a row for each element that is held, and for no other.
/// </summary>
internal sealed class Places
{
    /// <summary>The columns in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "p.key, p.node, p.state, p.rank, p.due, p.owner, p.hop, p.attempts, p.order_key, p.line, p.pending_calls, "
        + "p.join_mode, p.signal, p.cancel, p.batch, p.revision, p.changes";

    /// <summary>The first column behind those.</summary>
    public const int Next = 17;

    private readonly HeldTables held;
    private readonly Sequence numbers;
    private readonly TransactionClock clock;
    private readonly Arrivals arrivals;
    private readonly Statement insert;
    private readonly Statement update;
    private readonly Statement revise;
    private readonly Statement delete;
    private readonly Statement behindAnother;
    private readonly Statement firstOfLine;
    private readonly Statement members;

    public Places(Database database, HeldTables held, Sequence numbers, TransactionClock clock, Arrivals arrivals)
    {
        (this.held, this.numbers, this.clock, this.arrivals) = (held, numbers, clock, arrivals);
        insert = database.Keep(
            "INSERT INTO place (key, node, state, rank, due, owner, hop, attempts, order_key, line, pending_calls, "
            + "join_mode, signal, cancel, batch) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");
        update = database.Keep(
            "UPDATE place SET node = ?2, state = ?3, rank = ?4, due = ?5, owner = ?6, hop = ?7, attempts = ?8, "
            + "order_key = ?9, line = ?10, pending_calls = ?11, join_mode = ?12, signal = ?13, cancel = ?14, "
            + "batch = ?15 WHERE key = ?1");
        revise = database.Keep("UPDATE place SET revision = revision + 1 WHERE key = ?1");
        delete = database.Keep("DELETE FROM place WHERE key = ?1");
        behindAnother = database.Keep(
            "SELECT 1 FROM place WHERE node = ?1 AND order_key = ?2 AND line < ?3 LIMIT 1");
        firstOfLine = database.Keep(
            $"SELECT {Columns} FROM place p WHERE p.node = ?1 AND p.order_key = ?2 ORDER BY p.line LIMIT 1");
        members = database.Keep($"SELECT {Columns} FROM place p WHERE p.batch = ?1 ORDER BY p.key");
    }

    public static Place Read(Statement row) => new()
    {
        Key = row.Long(0),
        Node = row.Long(1),
        State = (ElementState)row.Int(2),
        Rank = row.Int(3),
        Due = row.OptionalLong(4),
        Owner = row.OptionalLong(5),
        Hop = row.Int(6),
        Attempts = row.Int(7),
        OrderKey = row.OptionalText(8),
        Line = row.Long(9),
        PendingCalls = row.Int(10),
        Join = (JoinMode)row.Int(11),
        AwaitedSignal = row.OptionalText(12),
        Cancel = (CancelMark)row.Int(13),
        Batch = row.OptionalLong(14),
        Revision = row.Int(15),
        Changes = row.Int(16),
    };

    /// <summary>Gives a new element its place: held when there is a row for it, else at the end of its line.</summary>
    public void Insert(Place place, HeldRow? row)
    {
        Write(insert, row is null ? Waiting(place) : place with { State = ElementState.Held });
        if (row is not null)
            held.Insert(place.Node, place.Key, row);
    }

    /// <summary>
    /// Puts an element into a state that no line can hold up. Who stood behind it in a line it left may move up.
    /// </summary>
    public void Put(Place before, Place after)
    {
        Write(update, after);
        Unhold(before);
        if (!before.IsInSameLineAs(after))
            MoveUp(before);
    }

    /// <summary>
    /// Lets an element wait for its turn: ready, delayed while its due is to come, or blocked by its line.
    /// </summary>
    public void PutWaiting(Place before, Place after) => Put(before, Waiting(after));

    /// <summary>
    /// Lets an element settle: held when there is a row for it and no instant to wait for first, else for its turn.
    /// </summary>
    public void Settle(Place before, Place after, HeldRow? row)
    {
        if (row is null || after.Due > clock.Now)
        {
            PutWaiting(before, after);
            return;
        }

        Put(before, after with { State = ElementState.Held, Owner = null, Due = null });
        held.Insert(after.Node, after.Key, row);
    }

    /// <summary>
    /// Counts an amendment of an element's data, and lets it stand where a slot says, when there is one. One that is
    /// about to be cancelled keeps its place at the front.
    /// </summary>
    public void Revise(Place place, QueueSlot? slot)
    {
        revise.Bind(1, place.Key).Run();
        if (slot?.Held is not null && place.State == ElementState.Held)
            held.Update(place.Node, place.Key, slot.Held);
        if (slot is null || place.Cancel == CancelMark.Pending
            || (place.Rank == slot.Rank && place.OrderKey == slot.OrderKey))
            return;
        Place after = place.Slotted(place.Node, slot, numbers.Next());
        if (place.State == ElementState.Held)
            Write(update, after);
        else if (place.State is ElementState.Ready or ElementState.Delayed or ElementState.Blocked)
            PutWaiting(place, after);
        else
            Put(place, after);
    }

    /// <summary>The members that a batch still has, oldest first.</summary>
    public IReadOnlyList<Place> MembersOf(long batch)
    {
        List<Place> found = [];
        members.Bind(1, batch);
        while (members.Read())
            found.Add(Read(members));
        return found;
    }

    /// <summary>Takes an element's place away; who stood behind it in a line may move up.</summary>
    public void Remove(Place place)
    {
        delete.Bind(1, place.Key).Run();
        Unhold(place);
        MoveUp(place);
    }

    private void Unhold(Place place)
    {
        if (place.State == ElementState.Held)
            held.Delete(place.Node, place.Key);
    }

    private Place Waiting(Place place)
    {
        if (IsBehindAnother(place))
            return place with { State = ElementState.Blocked, Owner = null };
        return place.Due > clock.Now
            ? place with { State = ElementState.Delayed, Owner = null }
            : place with { State = ElementState.Ready, Owner = null, Due = null };
    }

    private bool IsBehindAnother(Place place)
    {
        if (place.OrderKey is null)
            return false;
        bool isBehind = behindAnother.Bind(1, place.Node).Bind(2, place.OrderKey).Bind(3, place.Line).Read();
        behindAnother.Reset();
        return isBehind;
    }

    private void MoveUp(Place left)
    {
        if (left.OrderKey is null)
            return;
        Place? first = firstOfLine.Bind(1, left.Node).Bind(2, left.OrderKey).Read() ? Read(firstOfLine) : null;
        firstOfLine.Reset();
        if (first is { State: ElementState.Blocked })
            PutWaiting(first, first);
    }

    // What counts revisions and changes is written where they are counted.
    private void Write(Statement statement, Place place)
    {
        statement.Bind(1, place.Key).Bind(2, place.Node).Bind(3, (long)place.State).Bind(4, place.Rank)
            .Bind(5, place.Due).Bind(6, place.Owner).Bind(7, place.Hop).Bind(8, place.Attempts)
            .Bind(9, place.OrderKey).Bind(10, place.Line).Bind(11, place.PendingCalls).Bind(12, (long)place.Join)
            .Bind(13, place.AwaitedSignal).Bind(14, (long)place.Cancel).Bind(15, place.Batch)
            .Run();
        if (place.State == ElementState.Ready)
            arrivals.Add(place.Node);
    }
}
