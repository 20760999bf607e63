using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>Turns the changes of a transaction into statements, one for each table that they touch.</summary>
internal sealed class ChangeWriter(SiteSchema schema, HeldTables held)
{
    private readonly LedgerWriter ledger = new(schema);
    private readonly string updateElements = schema.Place(
        """
        update waybill.element e
        set hop = v.hop, node = v.node, arrived_hop = case when v.arrives then v.hop else e.arrived_hop end,
            moved_at = now(), failure = v.failure, data = v.data
        from unnest($1::bigint[], $2::integer[], $3::integer[], $4::boolean[], $5::text[], $6::bytea[])
            v(key, hop, node, arrives, failure, data)
        where e.key = any (array[v.key])
        """);
    private readonly string amendElements = schema.Place(
        """
        update waybill.element e set data = v.data, revision = v.revision
        from unnest($1::bigint[], $2::bytea[], $3::integer[]) v(key, data, revision)
        where e.key = any (array[v.key])
        """);
    private readonly string insertElements = schema.Place(
        """
        insert into waybill.element (key, id, accepted_at, moved_at, caller_key, caller_id, caller_hop, caller_slot,
            hop, node, arrived_hop, business_key, data, trace)
        select key, id, now(), now(), caller_key, caller_id, caller_hop, caller_slot, 0, node, 0, business_key, data,
            trace
        from unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::uuid[], $5::integer[], $6::integer[], $7::integer[],
            $8::text[], $9::bytea[], $10::text[])
            v(key, id, caller_key, caller_id, caller_hop, caller_slot, node, business_key, data, trace)
        """);
    private readonly string insertPlaces = schema.Place(
        """
        insert into waybill.place (key, node, state, rank, line, order_key, leads)
        select * from unnest($1::bigint[], $2::integer[], $3::smallint[], $4::integer[], $5::bigint[], $6::text[],
            $7::boolean[])
        """);
    private readonly string updatePlaces = schema.Place(
        """
        update waybill.place p
        set node = v.node, state = v.state, rank = v.rank, due = v.due, owner = v.owner, hop = v.hop,
            attempts = v.attempts, pending = v.pending, joining = v.joining, cancel = v.cancel, replied = v.replied,
            signal = v.signal, order_key = v.order_key, line = v.line, batch = v.batch, changes = v.changes
        from unnest($1::bigint[], $2::integer[], $3::smallint[], $4::integer[], $5::timestamptz[], $6::bigint[],
            $7::integer[], $8::integer[], $9::integer[], $10::smallint[], $11::smallint[], $12::boolean[], $13::text[],
            $14::text[], $15::bigint[], $16::bigint[], $17::integer[])
            v(key, node, state, rank, due, owner, hop, attempts, pending, joining, cancel, replied, signal, order_key,
            line, batch, changes)
        where p.key = any (array[v.key])
        """);
    private readonly string[] deleteEnded =
    [
        schema.Place("delete from waybill.place where key = any($1)"),
        schema.Place("delete from waybill.reply where key = any($1)"),
        schema.Place("delete from waybill.mailbox where key = any($1)"),
        schema.Place("delete from waybill.element where key = any($1)"),
    ];
    private readonly string endTickets = schema.Place(
        """
        update waybill.ticket t set ending = v.ending, ended_at = now(), result = v.result, reason = v.reason
        from unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::text[]) v(key, ending, result, reason)
        where t.key = any (array[v.key])
        """);
    private readonly string deleteReplies = schema.Place("delete from waybill.reply where key = any($1)");
    private readonly string insertReplies = schema.Place(
        """
        insert into waybill.reply (key, slot, ending, value, reason)
        select * from unnest($1::bigint[], $2::integer[], $3::smallint[], $4::bytea[], $5::text[])
        on conflict (key, slot) do update
        set ending = excluded.ending, value = excluded.value, reason = excluded.reason
        """);
    private readonly string insertMailbox = schema.Place(
        """
        insert into waybill.mailbox (key, name, payload)
        select key, name, payload
        from unnest($1::bigint[], $2::text[], $3::bytea[]) with ordinality v(key, name, payload, n)
        order by n
        """);
    private readonly string deleteMailbox = schema.Place(
        """
        delete from waybill.mailbox m using unnest($1::bigint[], $2::text[], $3::bigint[]) v(key, name, number)
        where m.key = any (array[v.key]) and m.name = v.name and m.number = v.number
        """);
    private readonly string deleteSidelined = schema.Place("delete from waybill.sidelined where key = any($1)");
    private readonly string insertSidelined = schema.Place(
        """
        insert into waybill.sidelined (key, at, node, attempts, type, message, stack, at_node)
        select key, now(), node, attempts, type, message, stack, at_node
        from unnest($1::bigint[], $2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[])
            v(key, node, attempts, type, message, stack, at_node)
        """);
    private readonly string insertJournal = schema.Place(
        """
        insert into waybill.journal (at, n, kind, element, hop, node, worked, detail, facts)
        select now(), *
        from unnest($1::integer[], $2::smallint[], $3::uuid[], $4::integer[], $5::integer[], $6::bigint[], $7::text[],
            $8::text[])
        """);

    public void Add(NpgsqlBatch batch, Board board)
    {
        Changes changes = board.Changes;
        AddElements(batch, changes);
        AddNewElements(batch, changes.NewElements);
        AddPlaces(batch, board.Changed);
        AddEnded(batch, changes);
        AddReplies(batch, changes);
        AddSignals(batch, changes);
        AddSidelined(batch, changes);
        AddAmended(batch, changes.Amended);
        AddHeld(batch, changes);
        ledger.Add(batch, board.Ledger);
        AddJournal(batch, changes.Journal);
    }

    private void AddElements(NpgsqlBatch batch, Changes changes)
    {
        if (changes.Elements.Count == 0)
            return;
        batch.Add(
            updateElements,
            Arg.Longs([.. changes.Elements.Select(row => row.Place.Key)]),
            Arg.Ints([.. changes.Elements.Select(row => row.Place.ElementHop)]),
            Arg.Ints([.. changes.Elements.Select(row => row.Place.ElementNode)]),
            Arg.Booleans([.. changes.Elements.Select(row => row.Arrives)]),
            Arg.OptionalTexts([.. changes.Elements.Select(row => StorableText.OrNull(row.Failure))]),
            Arg.Bytes([.. changes.Elements.Select(row => row.Data)]));
    }

    private void AddNewElements(NpgsqlBatch batch, List<NewRow> rows)
    {
        if (rows.Count == 0)
            return;
        Place[] places = [.. rows.Select(row => row.Place)];
        batch.Add(
            insertElements,
            Arg.Longs([.. places.Select(place => place.Key)]),
            Arg.Uuids([.. places.Select(place => place.Id)]),
            Arg.Longs([.. places.Select(place => place.Caller?.Key)]),
            Arg.Uuids([.. places.Select(place => place.Caller?.Id.Value)]),
            Arg.Ints([.. places.Select(place => place.Caller?.Hop)]),
            Arg.Ints([.. places.Select(place => place.Caller?.Slot)]),
            Arg.Ints([.. places.Select(place => place.Node)]),
            Arg.Texts([.. rows.Select(row => StorableText.Of(row.BusinessKey))]),
            Arg.Bytes([.. rows.Select(row => row.Data)]),
            Arg.OptionalTexts([.. rows.Select(row => row.Trace)]));
        batch.Add(
            insertPlaces,
            Arg.Longs([.. places.Select(place => place.Key)]),
            Arg.Ints([.. places.Select(place => place.Node)]),
            Arg.Shorts([.. places.Select(place => (short)place.State)]),
            Arg.Ints([.. places.Select(place => place.Rank)]),
            Arg.Longs([.. places.Select(place => place.LineNumber)]),
            Arg.OptionalTexts([.. places.Select(place => place.OrderKey)]),
            Arg.Booleans([.. places.Select(place => place.Leads)]));
    }

    private void AddPlaces(NpgsqlBatch batch, IReadOnlyCollection<Place> changed)
    {
        if (changed.Count == 0)
            return;
        batch.Add(
            updatePlaces,
            Arg.Longs([.. changed.Select(place => place.Key)]),
            Arg.Ints([.. changed.Select(place => place.Node)]),
            Arg.Shorts([.. changed.Select(place => (short)place.State)]),
            Arg.Ints([.. changed.Select(place => place.Rank)]),
            Arg.Instants([.. changed.Select(place => place.Due)]),
            Arg.Longs([.. changed.Select(place => place.Owner)]),
            Arg.Ints([.. changed.Select(place => place.Hop)]),
            Arg.Ints([.. changed.Select(place => place.Attempts)]),
            Arg.Ints([.. changed.Select(place => place.PendingCalls)]),
            Arg.Shorts([.. changed.Select(place => (short)place.Join)]),
            Arg.Shorts([.. changed.Select(place => (short)place.Cancel)]),
            Arg.Booleans([.. changed.Select(place => place.HasReplies)]),
            Arg.OptionalTexts([.. changed.Select(place => place.AwaitedSignal)]),
            Arg.OptionalTexts([.. changed.Select(place => place.OrderKey)]),
            Arg.Longs([.. changed.Select(place => place.LineNumber)]),
            Arg.Longs([.. changed.Select(place => place.Batch)]),
            Arg.Ints([.. changed.Select(place => place.Changes)]));
    }

    private void AddEnded(NpgsqlBatch batch, Changes changes)
    {
        if (changes.Ended.Count == 0)
            return;
        foreach (string delete in deleteEnded)
            batch.Add(delete, Arg.Longs(changes.Ended));
        if (changes.Tickets.Count == 0)
            return;
        batch.Add(
            endTickets,
            Arg.Longs([.. changes.Tickets.Select(row => row.Key)]),
            Arg.Shorts([.. changes.Tickets.Select(row => (short)row.End.Ending)]),
            Arg.Bytes([.. changes.Tickets.Select(row => row.End.Result)]),
            Arg.OptionalTexts([.. changes.Tickets.Select(row => StorableText.OrNull(row.End.Reason))]));
    }

    private void AddReplies(NpgsqlBatch batch, Changes changes)
    {
        if (changes.ConsumedReplies.Count > 0)
            batch.Add(deleteReplies, Arg.Longs(changes.ConsumedReplies));
        if (changes.Replies.Count == 0)
            return;
        batch.Add(
            insertReplies,
            Arg.Longs([.. changes.Replies.Select(row => row.Key)]),
            Arg.Ints([.. changes.Replies.Select(row => row.Reply.Slot)]),
            Arg.Shorts([.. changes.Replies.Select(row => (short)row.Reply.Ending)]),
            Arg.Bytes([.. changes.Replies.Select(row => row.Reply.Value)]),
            Arg.OptionalTexts([.. changes.Replies.Select(row => StorableText.OrNull(row.Reply.Reason))]));
    }

    private void AddSignals(NpgsqlBatch batch, Changes changes)
    {
        if (changes.TakenSignals.Count > 0)
        {
            batch.Add(
                deleteMailbox,
                Arg.Longs([.. changes.TakenSignals.Select(row => row.Key)]),
                Arg.Texts([.. changes.TakenSignals.Select(row => row.Name)]),
                Arg.Longs([.. changes.TakenSignals.Select(row => row.Number)]));
        }

        if (changes.KeptSignals.Count == 0)
            return;
        batch.Add(
            insertMailbox,
            Arg.Longs([.. changes.KeptSignals.Select(row => row.Key)]),
            Arg.Texts([.. changes.KeptSignals.Select(row => row.Name)]),
            Arg.Bytes([.. changes.KeptSignals.Select(row => row.Payload)]));
    }

    private void AddSidelined(NpgsqlBatch batch, Changes changes)
    {
        if (changes.NoLongerSidelined.Count > 0)
            batch.Add(deleteSidelined, Arg.Longs(changes.NoLongerSidelined));
        if (changes.Sidelined.Count == 0)
            return;
        batch.Add(
            insertSidelined,
            Arg.Longs([.. changes.Sidelined.Select(row => row.Key)]),
            Arg.Ints([.. changes.Sidelined.Select(row => row.Node)]),
            Arg.Ints([.. changes.Sidelined.Select(row => row.Failure.Attempts)]),
            Arg.Texts([.. changes.Sidelined.Select(row => StorableText.Of(row.Failure.Type))]),
            Arg.Texts([.. changes.Sidelined.Select(row => StorableText.Of(row.Failure.Message))]),
            Arg.OptionalTexts([.. changes.Sidelined.Select(row => StorableText.OrNull(row.Failure.Stack))]),
            Arg.Texts([.. changes.Sidelined.Select(row => StorableText.Of(row.Failure.Node))]));
    }

    private void AddAmended(NpgsqlBatch batch, List<(Place Place, ReadOnlyMemory<byte> Data, HeldRow? Row)> amended)
    {
        if (amended.Count == 0)
            return;
        batch.Add(
            amendElements, Arg.Longs([.. amended.Select(row => row.Place.Key)]),
            Arg.Bytes([.. amended.Select(row => row.Data)]), Arg.Ints([.. amended.Select(row => row.Place.Revision)]));
        foreach (IGrouping<int, (Place Place, ReadOnlyMemory<byte> Data, HeldRow? Row)> queue in amended
            .Where(row => row.Row is not null && row.Place.State == ElementState.Held)
            .GroupBy(row => row.Place.Node).OrderBy(queue => queue.Key))
        {
            HeldTable table = held[queue.Key];
            NpgsqlParameter[] values = [.. table.Arguments([.. queue.Select(row => row.Row!)])];
            batch.Add(table.Update, [Arg.Longs([.. queue.Select(row => row.Place.Key)]), .. values]);
        }
    }

    // In the order of their nodes, as everybody locks tables.
    private void AddHeld(NpgsqlBatch batch, Changes changes)
    {
        foreach (int node in changes.NoLongerHeld.Select(row => row.Node)
            .Concat(changes.Held.Select(row => row.Node)).Distinct().Order())
        {
            List<long> gone = [.. changes.NoLongerHeld.Where(row => row.Node == node).Select(row => row.Key)];
            if (gone.Count > 0)
                batch.Add(held.DeleteFrom(node), Arg.Longs(gone));
            (int Node, long Key, HeldRow Row)[] rows = [.. changes.Held.Where(row => row.Node == node)];
            if (rows.Length == 0)
                continue;
            HeldTable table = held[node];
            NpgsqlParameter[] values = [.. table.Arguments([.. rows.Select(row => row.Row)])];
            batch.Add(table.Insert, [Arg.Longs([.. rows.Select(row => row.Key)]), .. values]);
        }
    }

    private void AddJournal(NpgsqlBatch batch, List<JournalRow> rows)
    {
        if (rows.Count == 0)
            return;
        batch.Add(
            insertJournal,
            Arg.Ints([.. rows.Select(row => row.Number)]),
            Arg.Shorts([.. rows.Select(row => (short)row.Kind)]),
            Arg.Uuids([.. rows.Select(row => row.Element)]),
            Arg.Ints([.. rows.Select(row => row.Hop)]),
            Arg.Ints([.. rows.Select(row => row.Node)]),
            Arg.Longs([.. rows.Select(row => (long)(row.Worked.Ticks / TimeSpan.TicksPerMicrosecond))]),
            Arg.OptionalTexts([.. rows.Select(row => StorableText.OrNull(row.Detail))]),
            Arg.OptionalTexts([.. rows.Select(row => StorableText.OrNull(row.Facts))]));
    }
}
