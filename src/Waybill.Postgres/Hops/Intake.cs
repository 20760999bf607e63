using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>What became of submissions, and where elements have arrived.</summary>
internal sealed record IntakeResult(IReadOnlyList<Acceptance> Acceptances, HashSet<int> Arrivals);

/// <summary>
/// Takes submitted elements in. The ticket's unique business key decides who is first; an element's key is the number
/// of its ticket, so that later statements of the same transaction find what the first one has inserted.
/// </summary>
internal sealed class Intake(SiteSchema schema, NodeNumbers nodes, HeldTables tables, HopCommitter committer)
{
    // The key that the n-th submission of this transaction has, if it is the first with its business key.
    private static readonly string NewKey =
        FormattableString.Invariant($"(select currval('waybill.number')) * {Numbers.BlockSize} + v.n");

    private const string JoinTicket =
        """
        cross join lateral (
            select * from waybill.ticket t where t.workflow = v.workflow and t.business_key = v.business_key offset 0) t
        """;

    private static readonly string JoinNewTicket =
        $"cross join lateral (select * from waybill.ticket t where t.key = {NewKey} offset 0) t";

    private readonly BoardLoader loader = new(schema);

    // Sorted, so that two processes that submit the same keys wait for each other in one order.
    private readonly string insertTickets = schema.Place(
        $"""
        insert into waybill.ticket (key, accepted_at, id, workflow, business_key)
        select (select nextval('waybill.number')) * {Numbers.BlockSize} + n, now(), id, workflow, business_key
        from unnest($1::text[], $2::text[], $3::uuid[]) with ordinality v(workflow, business_key, id, n)
        order by workflow, business_key, n
        on conflict (workflow, business_key) do nothing
        """);
    private readonly string insertElements = schema.Place(
        $"""
        insert into waybill.element (key, id, accepted_at, moved_at, hop, node, arrived_hop, business_key, data, trace)
        select t.key, t.id, now(), now(), 0, v.node, 0, t.business_key, v.data, v.trace
        from unnest($1::integer[], $2::bytea[], $3::text[]) with ordinality v(node, data, trace, n) {JoinNewTicket}
        """);
    private readonly string insertPlaces = schema.Place(
        $"""
        insert into waybill.place (key, node, rank, state)
        select t.key, v.node, v.rank, v.state
        from unnest($1::integer[], $2::integer[], $3::smallint[]) with ordinality v(node, rank, state, n)
        {JoinNewTicket}
        """);
    private readonly string insertJournal = schema.Place(
        $"""
        insert into waybill.journal (at, n, kind, element, hop, node, worked, detail, facts)
        select now(), v.n, 0, t.id, 0, v.node, 0, v.detail, v.facts
        from unnest($1::integer[], $2::text[], $3::text[]) with ordinality v(node, detail, facts, n) {JoinNewTicket}
        """);
    private readonly string readTickets = schema.Place(
        $"""
        select t.id, t.key = {NewKey}
        from unnest($1::text[], $2::text[]) with ordinality v(workflow, business_key, n)
        {JoinTicket}
        order by v.n
        """);
    private readonly string insertNumberedTickets = schema.Place(
        """
        insert into waybill.ticket (key, accepted_at, id, workflow, business_key)
        select key, now(), id, workflow, business_key
        from unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[]) v(workflow, business_key, id, key)
        order by workflow, business_key, key
        on conflict (workflow, business_key) do nothing
        """);
    private readonly string readNumberedTickets = schema.Place(
        $"""
        select t.id, t.key = v.key
        from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality v(workflow, business_key, key, n)
        {JoinTicket}
        order by v.n
        """);

    /// <summary>
    /// Takes fewer than <see cref="Numbers.BlockSize"/> elements in that stand in no line, in one round trip.
    /// </summary>
    public async Task<IntakeResult> AcceptAsync(Session session, IReadOnlyList<NewElement> elements)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        List<string> workflows = [.. elements.Select(element => element.Slot.Node.Workflow)];
        List<string> keys = [.. elements.Select(element => StorableText.Of(element.BusinessKey))];
        List<int> numbers = [.. elements.Select(element => nodes[element.Slot.Node])];
        List<string?> details =
            [.. elements.Select(element => JournalDetail.Accepted(element.BusinessKey, caller: null))];
        batch.Add(
            insertTickets, Arg.Texts(workflows), Arg.Texts(keys),
            Arg.Uuids([.. elements.Select(element => element.Id.Value)]));
        batch.Add(
            insertElements, Arg.Ints(numbers), Arg.Bytes([.. elements.Select(element => element.Data)]),
            Arg.OptionalTexts([.. elements.Select(element => element.Trace)]));
        batch.Add(
            insertPlaces, Arg.Ints(numbers), Arg.Ints([.. elements.Select(element => element.Slot.Rank)]),
            Arg.Shorts([.. elements.Select(element => (short)StateOf(element))]));
        AddHeld(batch, elements);
        batch.Add(
            insertJournal, Arg.Ints(numbers), Arg.OptionalTexts(details),
            Arg.OptionalTexts([.. elements.Select(element => StorableText.OrNull(element.Facts))]));
        batch.Add(readTickets, Arg.Texts(workflows), Arg.Texts(keys));
        List<Acceptance> acceptances = [];
        session.IsCommitting = true;
        await using (NpgsqlDataReader reader = await batch.ExecuteReaderAsync())
            await reader.EachAsync(row => acceptances.Add(ReadAcceptance(row)));
        session.IsCommitting = false;
        HashSet<int> arrivals =
            [.. numbers.Where((_, index) => acceptances[index].IsNew && elements[index].Slot.Held is null)];
        return new IntakeResult(acceptances, arrivals);
    }

    /// <summary>Takes elements in of which some stand in lines: those are locked first.</summary>
    public async Task<IntakeResult> AcceptInLinesAsync(Session session, IReadOnlyList<NewElement> elements)
    {
        BoardRequest request = new();
        foreach (NewElement element in elements)
            request.NeedSlot(nodes[element.Slot.Node], StorableText.OrNull(element.Slot.OrderKey));
        Board board = await loader.LoadAsync(session, request);
        List<long> keys = [.. elements.Select(_ => board.NextNumber())];
        List<string> workflows = [.. elements.Select(element => element.Slot.Node.Workflow)];
        List<string> businessKeys = [.. elements.Select(element => StorableText.Of(element.BusinessKey))];
        List<Acceptance> acceptances = [];
        await using (NpgsqlBatch batch = session.NewBatch())
        {
            batch.Add(
                insertNumberedTickets, Arg.Texts(workflows), Arg.Texts(businessKeys),
                Arg.Uuids([.. elements.Select(element => element.Id.Value)]), Arg.Longs(keys));
            batch.Add(readNumberedTickets, Arg.Texts(workflows), Arg.Texts(businessKeys), Arg.Longs(keys));
            await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
            await reader.EachAsync(row => acceptances.Add(ReadAcceptance(row)));
        }

        Moves moves = new(board, nodes);
        foreach ((int index, NewElement element) in elements.Index())
        {
            if (acceptances[index].IsNew)
                moves.Insert(element, keys[index], caller: null);
        }

        await committer.FlushAsync(session, board);
        return new IntakeResult(acceptances, board.Changes.Arrivals);
    }

    private void AddHeld(NpgsqlBatch batch, IReadOnlyList<NewElement> elements)
    {
        foreach (IGrouping<HeldTable, (int Index, NewElement Element)> queue in elements.Index()
            .Where(row => row.Item.Slot.Held is not null)
            .GroupBy(row => tables[row.Item.Slot.Node]).OrderBy(queue => queue.Key.Node))
        {
            NpgsqlParameter[] rows = [.. queue.Key.Arguments([.. queue.Select(row => row.Element.Slot.Held!)])];
            batch.Add(
                queue.Key.Accepts(AcceptInto), [Arg.Ints([.. queue.Select(row => row.Index + 1)]), .. rows]);
        }
    }

    internal static string AcceptInto(HeldTable table) =>
        $"""
        insert into {table.Name} (key, {table.Columns})
        select t.key, {table.Inserted("v")} from unnest($1::integer[], {table.Unnested(2)}) v(n, {table.Aliases()})
        {JoinNewTicket}
        """;

    private static ElementState StateOf(NewElement element) =>
        element.Slot.Held is null ? ElementState.Ready : ElementState.Held;

    private static Acceptance ReadAcceptance(NpgsqlDataReader row) =>
        new(new ElementId(row.GetGuid(0)), row.GetBoolean(1));
}
