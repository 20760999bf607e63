using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>
/// The hops that touch nothing but their own element, which are nearly all: one statement for each kind of destination
/// moves any number of them, fenced in the statement itself. What a statement does not find as it expects is left alone
/// and goes the careful way.
/// </summary>
internal sealed class PlainHops(SiteSchema schema, NodeNumbers nodes, HeldTables tables)
{
    private const string Journal =
        """
        insert into waybill.journal (at, n, kind, element, hop, node, worked, detail, facts)
        select now(), n, kind, id, hop, node, worked, detail, facts from moved
        """;

    private readonly string lockWorker = schema.Place("select 1 from waybill.worker where epoch = $1 for key share");

    // Owner and state are compared with nothing added, which no index answers: while statistics say that nobody owns
    // anything, the planner would join all owned places with all hops of the commit instead of looking each up by key.
    // The place row is only read: a hop that hands its element over writes one row besides the journal's.
    private readonly string handOver = schema.Place(
        $"""
        with moved as (
            update waybill.element e
            set hop = e.hop + 1, node = v.node, arrived_hop = e.hop + 1, moved_at = now(), failure = null, data = v.data
            from unnest($2::bigint[], $3::integer[], $4::integer[], $5::bytea[], $6::integer[], $7::smallint[],
                $8::bigint[], $9::text[], $10::text[]) v(key, hop, node, data, n, kind, worked, detail, facts)
            where e.key = any (array[v.key]) and e.hop = v.hop
              and exists (select 1 from waybill.worker where epoch = $1)
              and exists (
                  select 1 from waybill.place p
                  where p.key = any (array[v.key]) and p.owner + 0 = $1 and p.state + 0 = 3 and p.cancel <> 1
                    and p.signal is null and not p.replied and p.changes = 0)
            returning e.id, e.hop, e.node, v.n, v.kind, v.worked, v.detail, v.facts),
        journalled as ({Journal})
        select array_agg(n) from moved
        """);

    private readonly string enqueue = schema.Place(EnqueueInto(table: null));

    private readonly string end = schema.Place(
        $"""
        with owned as (
            select v.*
            from unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::smallint[], $7::bigint[],
                $8::text[], $9::smallint[], $10::bytea[], $11::text[], $12::text[])
                v(key, hop, node, n, kind, worked, detail, ending, result, reason, facts)
            join waybill.place p on p.key = any (array[v.key])
            where p.owner + 0 = $1 and p.state + 0 = 3 and not p.replied and p.order_key is null and not p.leads
              and p.changes = 0
            for no key update of p),
        moved as (
            delete from waybill.element e using owned o
            where e.key = any (array[o.key]) and e.hop = o.hop and e.caller_key is null
              and exists (select 1 from waybill.worker where epoch = $1)
            returning e.key, e.id, e.hop + 1 as hop, o.node, o.n, o.kind, o.worked, o.detail, o.ending, o.result,
                o.reason, o.facts),
        unplaced as (delete from waybill.place p using moved m where p.key = any (array[m.key])),
        ticketed as (
            update waybill.ticket t set ending = m.ending, ended_at = now(), result = m.result, reason = m.reason
            from moved m where t.key = any (array[m.key])),
        journalled as ({Journal})
        select array_agg(n) from moved
        """);

    // A statement of its own, so that it sees a signal that was kept while the one before waited for the place.
    private readonly string forgetSignals = schema.Place(
        """
        delete from waybill.mailbox m
        where m.key = any ($1) and not exists (select 1 from waybill.element e where e.key = any (array[m.key]))
        """);

    /// <summary>Whether a hop touches nothing but its own element.</summary>
    public static bool IsPlain(Hop hop) => hop switch
    {
        { ConsumesReplies: true } or { LeavesLine: true } or { Caller: not null } or { Revision: not null } => false,
        { Writes.Count: > 0 } or { Signals.Count: > 0 } or { Members.Count: > 0 } => false,
        { Changes.Count: > 0 } => false,
        { Cancel: not CancelStance.Yields, To: not Destination.End } => false,
        { To: Destination.HandOver, Arrives: true, Failure: null } => true,
        { To: Destination.Enqueue { Slot.OrderKey: null } } => true,
        { To: Destination.End } => true,
        _ => false,
    };

    /// <summary>Locks the worker's row, so that nobody takes its elements away before the commit.</summary>
    public void AddWorkerLock(NpgsqlBatch batch, WorkerEpoch epoch) => batch.Add(lockWorker, Arg.Long(epoch.Value));

    /// <summary>Adds the statements for these hops.</summary>
    /// <param name="batch">Where.</param>
    /// <param name="epoch">The owner.</param>
    /// <param name="hops">
    /// Plain hops with their numbers in the journal, by which they are told apart afterwards.
    /// </param>
    /// <returns>How many results they give; each holds the numbers of hops that were applied.</returns>
    public int Add(NpgsqlBatch batch, WorkerEpoch epoch, List<(int Number, Hop Hop)> hops)
    {
        // In the order of their keys, as everybody locks rows.
        hops.Sort((a, b) => a.Hop.Key.CompareTo(b.Hop.Key));
        List<(int, Hop)> handedOver = [.. hops.Where(row => row.Hop.To is Destination.HandOver)];
        List<(int Number, Hop Hop)> enqueued = [.. hops.Where(row => row.Hop.To is Destination.Enqueue)];
        List<(int, Hop)> ended = [.. hops.Where(row => row.Hop.To is Destination.End)];
        if (handedOver.Count > 0)
            AddHandOvers(batch, epoch, handedOver);
        List<IGrouping<HeldTable?, (int, Hop)>> queues = [.. enqueued
            .GroupBy(row => TableOf((Destination.Enqueue)row.Hop.To)).OrderBy(queue => queue.Key?.Node)];
        foreach (IGrouping<HeldTable?, (int, Hop)> queue in queues)
            AddEnqueues(batch, epoch, queue.Key, [.. queue]);
        if (ended.Count > 0)
            AddEnds(batch, epoch, ended);
        return queues.Count + Math.Min(handedOver.Count, 1) + Math.Min(ended.Count, 1);
    }

    private HeldTable? TableOf(Destination.Enqueue to) => to.Slot.Held is null ? null : tables[to.Slot.Node];

    private void AddHandOvers(NpgsqlBatch batch, WorkerEpoch epoch, List<(int Number, Hop Hop)> hops)
    {
        HopColumns columns = new(hops, row => nodes[((Destination.HandOver)row.To).Node]);
        batch.Add(
            handOver, Arg.Long(epoch.Value), columns.Keys, columns.From, columns.Nodes, columns.Data, columns.Numbers,
            columns.Kinds, columns.Worked, columns.Details, columns.Facts);
    }

    private void AddEnqueues(
        NpgsqlBatch batch, WorkerEpoch epoch, HeldTable? table, List<(int Number, Hop Hop)> hops)
    {
        HopColumns columns = new(hops, row => nodes[((Destination.Enqueue)row.To).Slot.Node]);
        Destination.Enqueue[] to = [.. hops.Select(row => (Destination.Enqueue)row.Hop.To)];
        NpgsqlParameter[] rows = table is null ? [] : [.. table.Arguments([.. to.Select(place => place.Slot.Held!)])];
        batch.Add(
            table is null ? enqueue : table.HopsInto(EnqueueInto),
            [Arg.Long(epoch.Value), columns.Keys, columns.From, columns.Nodes, columns.Data, columns.Numbers,
            columns.Kinds, columns.Worked, columns.Details,
            Arg.Ints([.. to.Select(place => place.Slot.Rank)]),
            Arg.Ints([.. to.Select(place => place.Attempts)]),
            Arg.Longs([.. to.Select(place => place.Delay is { } delay ? HopColumns.Microseconds(delay) : (long?)null)]),
            Arg.Instants([.. to.Select(place => place.Due?.UtcDateTime)]),
            Arg.Booleans([.. hops.Select(row => row.Hop.Arrives)]),
            columns.Failures,
            columns.Facts, .. rows]);
    }

    private void AddEnds(NpgsqlBatch batch, WorkerEpoch epoch, List<(int Number, Hop Hop)> hops)
    {
        HopColumns columns = new(hops, row => nodes[row.Node]);
        Destination.End[] to = [.. hops.Select(row => (Destination.End)row.Hop.To)];
        batch.Add(
            end, Arg.Long(epoch.Value), columns.Keys, columns.From, columns.Nodes, columns.Numbers, columns.Kinds,
            columns.Worked, columns.Details,
            Arg.Shorts([.. to.Select(place => (short)place.Ending)]),
            Arg.Bytes([.. to.Select(place => place.Result)]),
            HopColumns.Rare(to, place => place.Reason),
            columns.Facts);
        batch.Add(forgetSignals, columns.Keys);
    }

    // The place is locked and looked at first, so that a cancel that comes at the same moment is before or after the
    // hop. What goes to an aggregation queue differs in the state that is not delayed, and in the row that it gets
    // there.
    internal static string EnqueueInto(HeldTable? table)
    {
        string types = table is null ? "" : $", {table.Unnested(17)}";
        string names = table is null ? "" : $", {table.Aliases()}";
        string moved = table is null ? "" : string.Concat(table.Aliases().Split(", ").Select(name => $", o.{name}"));
        string held = table is null ? "" : $"""
            held as (
                insert into {table.Name} (key, {table.Columns})
                select key, {table.Inserted("m")} from moved m where m.due is null or m.due <= now()),
            """;
        return $"""
            with owned as (
                select v.*
                from unnest($2::bigint[], $3::integer[], $4::integer[], $5::bytea[], $6::integer[], $7::smallint[],
                    $8::bigint[], $9::text[], $10::integer[], $11::integer[], $12::bigint[], $13::timestamptz[],
                    $14::boolean[], $15::text[], $16::text[]{types})
                    v(key, hop, node, data, n, kind, worked, detail, rank, attempts, delay, due, arrives, failure,
                    facts{names})
                join waybill.place p on p.key = any (array[v.key])
                where p.owner + 0 = $1 and p.state + 0 = 3 and p.cancel <> 1 and p.signal is null and not p.replied
                  and p.order_key is null and p.changes = 0
                for no key update of p),
            moved as (
                update waybill.element e
                set hop = e.hop + 1, node = o.node,
                    arrived_hop = case when o.arrives then e.hop + 1 else e.arrived_hop end,
                    moved_at = now(), failure = o.failure, data = o.data
                from owned o
                where e.key = any (array[o.key]) and e.hop = o.hop
                  and exists (select 1 from waybill.worker where epoch = $1)
                returning e.key, e.id, e.hop, e.node, o.n, o.kind, o.worked, o.detail, o.facts, o.rank, o.attempts,
                    coalesce(now() + o.delay * interval '1 microsecond', o.due) as due{moved}),
            placed as (
                update waybill.place p
                set node = m.node, state = case when m.due > now() then 1 else {(table is null ? 0 : 7)} end,
                    rank = m.rank, hop = m.hop, due = case when m.due > now() then m.due end, owner = null,
                    attempts = m.attempts, pending = 0
                from moved m where p.key = any (array[m.key])),
            {held}
            journalled as ({Journal})
            select array_agg(n) from moved
            """;
    }
}

/// <summary>What all plain hops have in common, as columns.</summary>
internal sealed class HopColumns
{
    private readonly List<long> keys;
    private readonly List<int> from;
    private readonly List<int> nodes;
    private readonly List<int> numbers;
    private readonly List<short> kinds;
    private readonly List<long> worked;
    private readonly List<(int Number, Hop Hop)> hops;

    public HopColumns(List<(int Number, Hop Hop)> hops, Func<Hop, int> nodeOf)
    {
        this.hops = hops;
        (keys, from, nodes, numbers) = (new(hops.Count), new(hops.Count), new(hops.Count), new(hops.Count));
        (kinds, worked) = (new(hops.Count), new(hops.Count));
        foreach ((int number, Hop hop) in hops)
        {
            keys.Add(hop.Key);
            from.Add(hop.From);
            nodes.Add(nodeOf(hop));
            numbers.Add(number);
            kinds.Add((short)hop.Kind);
            worked.Add(Microseconds(hop.Worked));
        }
    }

    public NpgsqlParameter Keys => Arg.Longs(keys);

    public NpgsqlParameter From => Arg.Ints(from);

    public NpgsqlParameter Nodes => Arg.Ints(nodes);

    public NpgsqlParameter Numbers => Arg.Ints(numbers);

    public NpgsqlParameter Kinds => Arg.Shorts(kinds);

    public NpgsqlParameter Worked => Arg.Longs(worked);

    public NpgsqlParameter Details => Rare(hops, row => row.Hop.Detail);

    public NpgsqlParameter Facts => Rare(hops, row => row.Hop.Facts);

    public NpgsqlParameter Failures => Rare(hops, row => row.Hop.Failure);

    public NpgsqlParameter Data => Arg.Bytes([.. hops.Select(row => row.Hop.Data)]);

    /// <summary>
    /// Text that few hops have: nothing is sent when none has, and <c>unnest</c> fills up with nulls.
    /// </summary>
    public static NpgsqlParameter Rare<T>(IReadOnlyList<T> rows, Func<T, string?> textOf) =>
        Arg.OptionalTexts(rows.All(row => textOf(row) is null)
            ? []
            : [.. rows.Select(row => StorableText.OrNull(textOf(row)))]);

    public static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
