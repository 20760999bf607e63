using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Held;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres.Ledger;

/// <summary>
/// Takes requests in, answers and withdraws them. Each is one transaction on a board: whatever a request stands at is
/// locked first, in the order that all have.
/// </summary>
internal sealed class ChangeRequests(
    SiteSchema schema, NodeNumbers nodes, HeldTables tables, Lanes lanes, Arrivals arrivals)
{
    private readonly BoardLoader loader = new(schema);
    private readonly HopCommitter committer = new(schema, nodes, tables);
    private readonly References references = new(schema);
    private readonly string insertRequest = schema.Place(
        """
        insert into waybill.change (number, requested_at, until, id, element, spreads, type, workflow, business_key,
            actor, reason, concerned, past_return, payload)
        select $1, now(), $2, $3, $4, $5, $6, coalesce(n.workflow, t.workflow),
            coalesce(e.business_key, t.business_key), $7, $8, $9, $10, $11
        from unnest(array[$12::bigint]) k(key)
        left join waybill.element e on e.key = any (array[k.key])
        left join waybill.node n on n.id = any (array[e.node])
        left join waybill.ticket t on t.key = any (array[k.key])
        """);
    private readonly string readElement = schema.Place("select element from waybill.change where id = $1");

    public async Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel)
    {
        await nodes.LearnAsync(change.PastReturn, cancel);
        (ChangeReceipt receipt, HashSet<int> woken) = await lanes.Requests.RunAsync(
            session => RequestAsync(session, change), cancel);
        await arrivals.NoteAsync(woken);
        return receipt;
    }

    public async Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel)
    {
        (bool[] isWritten, HashSet<int> woken) =
            await lanes.Requests.RunAsync(session => ResolveAsync(session, resolutions), cancel);
        await arrivals.NoteAsync(woken);
        return isWritten;
    }

    /// <summary>
    /// Takes a request back wherever it is pending; a cancel, and one that is not there, is left alone.
    /// </summary>
    public Task<bool> WithdrawAsync(long number, ChangeId change, CancellationToken cancel) =>
        lanes.Requests.RunAsync(session => WithdrawAsync(session, number, change), cancel);

    private async Task<(ChangeReceipt Receipt, HashSet<int> Arrivals)> RequestAsync(Session session, NewChange change)
    {
        Referenced target = (await references.ResolveAsync(session, [change.Target]))[0];
        BoardRequest request = new() { LoadsMarks = true };
        request.Names.Add($"change {change.Id}");
        request.Requests.Add(change.Id.Value);
        if (target.Key is { } key)
        {
            request.Keys.Add(key);
            if (change.Spreads && change.Type != NewChange.CancelType)
                request.Families.Add(key);
            if (change.Type == NewChange.CancelType && target.Id is { } id)
                request.Callers.Add(id);
        }

        Board board = await loader.LoadAsync(session, request);
        if (board.Ledger.Find(change.Id.Value) is not null)
        {
            ElementId earlier = await ReadElementAsync(session, change.Id);
            await session.ExecuteAsync("rollback");
            return (new ChangeReceipt(ChangeReceiptStatus.Taken, earlier), []);
        }

        Place? place = target.Key is { } found ? board.Find(found) : null;
        if (place is null && !target.HasTicket)
        {
            await session.ExecuteAsync("rollback");
            return (new ChangeReceipt(ChangeReceiptStatus.NotFound, null), []);
        }

        LedgerRequest taken = ToRequest(change, board);
        await InsertAsync(session, change, taken, target);
        await nodes.LearnAsync(board.Places.Select(one => one.ElementNode), CancellationToken.None);
        if (place is null)
        {
            board.Ledger.Outcomes.Add(
                new OutcomeRow(taken.Number, target.Id!.Value, ChangeOutcome.TooLate, null, 0, null, null));
        }
        else
        {
            Mark(board, place, change, taken);
        }

        await committer.FlushAsync(session, board);
        return (new ChangeReceipt(ChangeReceiptStatus.Taken, new ElementId(target.Id!.Value)), board.Changes.Arrivals);
    }

    private void Mark(Board board, Place place, NewChange change, LedgerRequest request)
    {
        LedgerRules rules = new(board, nodes);
        board.Changes.Write(JournalKind.ChangeRequested, place, JournalDetail.Requested(change));
        if (request.IsCancel)
        {
            new Cancels(board, rules).Request(place, JournalDetail.By(change.Actor), request);
            return;
        }

        rules.Reach(request, place);
        if (change.Spreads)
            rules.ReachFamily(request, place);
    }

    private async Task<(bool[] IsWritten, HashSet<int> Arrivals)> ResolveAsync(
        Session session, IReadOnlyList<ChangeResolution> resolutions)
    {
        BoardRequest request = new() { LoadsMarks = true };
        foreach (ChangeResolution resolution in resolutions)
        {
            request.Keys.Add(resolution.Key);
            if (!LedgerRules.IsSpreading(resolution.Answer))
                continue;
            request.Families.Add(resolution.Key);
            request.Requests.Add(resolution.Answer.Change.Value);
        }

        Board board = await loader.LoadAsync(
            session, request, loaded => request.NeedLines(loaded, resolutions.Select(one => (one.Key, one.Slot))));
        await nodes.LearnAsync(board.Places.Select(place => place.ElementNode), CancellationToken.None);
        LedgerRules rules = new(board, nodes);
        bool[] isWritten = [.. resolutions.Select(resolution => Resolve(board, rules, resolution))];
        await committer.FlushAsync(session, board);
        return (isWritten, board.Changes.Arrivals);
    }

    private bool Resolve(Board board, LedgerRules rules, ChangeResolution resolution)
    {
        ChangeAnswer answer = resolution.Answer;
        if (board.Find(resolution.Key) is not { } place
            || !place.IsAt(resolution.Id, resolution.Hop, resolution.Revision)
            || !board.Ledger.MarksAt(place.Key).Any(mark =>
                mark.Request.Id == answer.Change.Value && !mark.Request.IsCancel))
            return false;
        if (answer.Verdict is ChangeVerdict.Applies or ChangeVerdict.AppliesAndSpreads)
        {
            tables.RequireFits(place, nodes[place.Node], resolution.Slot);
            board.Revise(place, resolution.Data, resolution.Slot);
        }

        rules.Answer(place, [answer], resolution.Facts);
        rules.Spread(place, [answer], called: []);
        return true;
    }

    private async Task<bool> WithdrawAsync(Session session, long number, ChangeId change)
    {
        BoardRequest request = new() { LoadsMarks = true };
        request.Withdrawn.Add(number);
        request.Requests.Add(change.Value);
        Board board = await loader.LoadAsync(session, request);
        await nodes.LearnAsync(board.Places.Select(place => place.ElementNode), CancellationToken.None);
        if (board.Ledger.Find(change.Value) is { IsCancel: false } found)
            new LedgerRules(board, nodes).Withdraw(found);
        await committer.FlushAsync(session, board);
        return true;
    }

    private LedgerRequest ToRequest(NewChange change, Board board) => new()
    {
        Number = board.NextNumber(),
        Id = change.Id.Value,
        Type = StorableText.Of(change.Type),
        Spreads = change.Spreads,
        Concerned = [.. change.Concerned.Select(StorableText.Of)],
        PastReturn = [.. change.PastReturn.Select(node => nodes[node])],
        Payload = change.Payload.ToArray(),
        Until = change.Bound is { } bound ? board.Now + bound : null,
    };

    private async Task InsertAsync(Session session, NewChange change, LedgerRequest request, Referenced target)
    {
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(
            insertRequest, Arg.Long(request.Number), Arg.OptionalInstant(request.Until), Arg.Uuid(request.Id),
            Arg.Uuid(target.Id!.Value), Arg.Boolean(request.Spreads), Arg.Text(request.Type),
            Arg.Text(StorableText.Of(change.Actor.Name)), Arg.OptionalText(StorableText.OrNull(change.Actor.Reason)),
            Arg.Texts([.. request.Concerned]), Arg.Ints([.. request.PastReturn]), Arg.ByteArray(request.Payload),
            Arg.Long(target.Key!.Value));
        await batch.ExecuteNonQueryAsync();
    }

    private async Task<ElementId> ReadElementAsync(Session session, ChangeId change)
    {
        await using NpgsqlCommand command = new(readElement, session.Connection);
        command.Parameters.Add(Arg.Uuid(change.Value));
        return new ElementId((Guid)(await command.ExecuteScalarAsync())!);
    }
}
