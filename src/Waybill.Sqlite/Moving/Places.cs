using Waybill.Sqlite.Native;
using Waybill.Sqlite.Writing;

namespace Waybill.Sqlite.Moving;

/// <summary>
/// The table <c>place</c>. Its only writer beside <see cref="Claims"/>, so that the rule of lines stands in one spot:
/// of a line of per-key order, only the first may be ready or delayed; others are blocked.
/// </summary>
internal sealed class Places
{
    /// <summary>The columns in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "p.key, p.node, p.state, p.rank, p.due, p.owner, p.hop, p.attempts, p.order_key, p.line, p.pending_calls, "
        + "p.join_mode, p.signal, p.cancel";

    private readonly TransactionClock clock;
    private readonly Arrivals arrivals;
    private readonly Statement insert;
    private readonly Statement update;
    private readonly Statement delete;
    private readonly Statement behindAnother;
    private readonly Statement firstOfLine;

    public Places(Database database, TransactionClock clock, Arrivals arrivals)
    {
        this.clock = clock;
        this.arrivals = arrivals;
        insert = database.Keep(
            "INSERT INTO place (key, node, state, rank, due, owner, hop, attempts, order_key, line, pending_calls, "
            + "join_mode, signal, cancel) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
        update = database.Keep(
            "UPDATE place SET node = ?2, state = ?3, rank = ?4, due = ?5, owner = ?6, hop = ?7, attempts = ?8, "
            + "order_key = ?9, line = ?10, pending_calls = ?11, join_mode = ?12, signal = ?13, cancel = ?14 "
            + "WHERE key = ?1");
        delete = database.Keep("DELETE FROM place WHERE key = ?1");
        behindAnother = database.Keep(
            "SELECT 1 FROM place WHERE node = ?1 AND order_key = ?2 AND line < ?3 LIMIT 1");
        firstOfLine = database.Keep(
            $"SELECT {Columns} FROM place p WHERE p.node = ?1 AND p.order_key = ?2 ORDER BY p.line LIMIT 1");
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
    };

    /// <summary>Gives a new element its place, at the end of its line.</summary>
    public void Insert(Place place) => Write(insert, Waiting(place));

    /// <summary>
    /// Puts an element into a state that no line can hold up. Who stood behind it in a line it left may move up.
    /// </summary>
    public void Put(Place before, Place after)
    {
        Write(update, after);
        if (!before.IsInSameLineAs(after))
            MoveUp(before);
    }

    /// <summary>
    /// Lets an element wait for its turn: ready, delayed while its due is to come, or blocked by its line.
    /// </summary>
    public void PutWaiting(Place before, Place after) => Put(before, Waiting(after));

    /// <summary>Takes an element's place away; who stood behind it in a line may move up.</summary>
    public void Remove(Place place)
    {
        delete.Bind(1, place.Key).Run();
        MoveUp(place);
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

    private void Write(Statement statement, Place place)
    {
        statement.Bind(1, place.Key).Bind(2, place.Node).Bind(3, (long)place.State).Bind(4, place.Rank)
            .Bind(5, place.Due).Bind(6, place.Owner).Bind(7, place.Hop).Bind(8, place.Attempts)
            .Bind(9, place.OrderKey).Bind(10, place.Line).Bind(11, place.PendingCalls).Bind(12, (long)place.Join)
            .Bind(13, place.AwaitedSignal).Bind(14, (long)place.Cancel).Run();
        if (place.State == ElementState.Ready)
            arrivals.Add(place.Node);
    }
}
