using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Ledger;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresChangeStore(Listings listings, ChangeRequests requests) : IChangeStore
{
    private const int ElementColumns = PostgresElementDirectory.DetailsCount;

    private const string Select =
        """
        select c.number, c.id, c.type, c.element, c.workflow, c.business_key, c.payload, c.actor, c.reason,
            c.requested_at
        from waybill.change c
        """;

    public Task<ChangeReceipt> RequestAsync(NewChange change, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(change);
        return requests.RequestAsync(change, cancel);
    }

    public async Task<IReadOnlyList<PendingChange>> PendingAsync(ChangeId? only, int max, CancellationToken cancel)
    {
        List<(long Number, ChangeId Id)> late = await listings.ReadAsync(
            new Query(
                """
                select c.number, c.id from waybill.change c
                where c.number in (select m.change from waybill.change_mark m where m.until <= now())
                order by c.number
                """),
            row => (row.GetInt64(0), new ChangeId(row.GetGuid(1))),
            cancel);
        foreach ((long number, ChangeId id) in late)
            await requests.WithdrawAsync(number, id, cancel);
        return await listings.ReadAsync(
            new Query(
                $"""
                select {PostgresElementDirectory.Details}, c.id, c.type, c.payload, m.is_concerned
                {PostgresElementDirectory.From}
                join waybill.change_mark m on m.key = p.key
                join waybill.change c on c.number = m.change
                """)
                .Where("p.state <> 3").Where("c.type <> @", Arg.Text(NewChange.CancelType))
                .Where("(m.answered_hop, m.answered_revision) is distinct from (e.hop, e.revision)")
                .WhereGiven(only, "c.id = @", change => Arg.Uuid(change.Value))
                .Then("order by m.change, m.key limit @", Arg.Int(max)),
            ToPending,
            cancel);
    }

    public async Task<IReadOnlyList<bool>> ResolveAsync(
        IReadOnlyList<ChangeResolution> resolutions, CancellationToken cancel) =>
        resolutions.Count == 0 ? [] : await requests.ResolveAsync(resolutions, cancel);

    public async Task<ChangeRecord?> WithdrawAsync(ChangeId change, CancellationToken cancel)
    {
        List<long> number = await listings.ReadAsync(
            new Query("select c.number from waybill.change c").Where("c.id = @", Arg.Uuid(change.Value)),
            row => row.GetInt64(0),
            cancel);
        if (number.Count == 0)
            return null;
        await requests.WithdrawAsync(number[0], change, cancel);
        return await FindAsync(change, cancel);
    }

    public async Task<ChangeRecord?> FindAsync(ChangeId change, CancellationToken cancel) =>
        (await ReadAsync(new Query(Select).Where("c.id = @", Arg.Uuid(change.Value)), cancel))
            .Select(row => row.Record).FirstOrDefault();

    public async Task<Page<ChangeRecord>> ListAsync(
        ChangeFilter filter, PageRequest page, CancellationToken cancel) =>
        page.Cut(await ReadAsync(Matching(new Query(Select), filter).Page("c.number", page), cancel));

    public async Task<IReadOnlyDictionary<ChangeOutcome, long>> CountAsync(
        ChangeFilter filter, CancellationToken cancel) =>
        (await listings.ReadAsync(
            Matching(
                new Query(
                    """
                    select o.outcome, count(*)
                    from waybill.change c join waybill.change_outcome o on o.change = c.number
                    """),
                filter).Then("group by o.outcome"),
            row => (Outcome: (ChangeOutcome)row.GetInt16(0), Count: row.GetInt64(1)),
            cancel)).ToDictionary(row => row.Outcome, row => row.Count);

    // Requests and their outcomes in one statement, so that they are of one snapshot.
    private async Task<List<(long Number, ChangeRecord Record)>> ReadAsync(Query query, CancellationToken cancel)
    {
        query.Wrap(
            "with wanted as (",
            """
            )
            select w.*, o.element, o.outcome, o.hop, o.at, o.reason, o.difference, n.workflow, n.version, n.node
            from wanted w
            left join waybill.change_outcome o on o.change = w.number
            left join waybill.node n on n.id = o.node
            order by w.number, o.number
            """);
        List<(long Number, ChangeRecord Record)> records = [];
        List<ElementOutcome> outcomes = [];
        await listings.ReadAsync(
            query,
            row =>
            {
                if (records.Count == 0 || records[^1].Number != row.GetInt64(0))
                {
                    outcomes = [];
                    records.Add((row.GetInt64(0), ToRecord(row, outcomes)));
                }

                if (!row.IsDBNull(10))
                    outcomes.Add(ToOutcome(row));
                return true;
            },
            cancel);
        return records;
    }

    private static Query Matching(Query query, ChangeFilter filter)
    {
        const string isPending =
            "exists (select 1 from waybill.change_outcome x where x.change = c.number and x.outcome = 0)";
        query.WhereGiven(filter.Target?.Id, "c.element = @", id => Arg.Uuid(id.Value))
            .WhereGiven(filter.Target?.Workflow, "c.workflow = @")
            .WhereGiven(filter.Target?.BusinessKey, "c.business_key = @")
            .WhereGiven(
                filter.Reached,
                "exists (select 1 from waybill.change_outcome x where x.change = c.number and x.element = @)",
                element => Arg.Uuid(element.Value))
            .WhereGiven(filter.Type, "c.type = @")
            .WhereGiven(filter.Since, "c.requested_at >= @", Arg.Instant);
        return filter.HasEnded switch
        {
            true => query.Where($"not {isPending}"),
            false => query.Where(isPending),
            null => query,
        };
    }

    private static PendingChange ToPending(NpgsqlDataReader row) => new(
        new ChangeId(row.GetGuid(ElementColumns)), row.GetString(ElementColumns + 1),
        row.GetFieldValue<byte[]>(ElementColumns + 2), PostgresElementDirectory.ToDetails(row),
        row.GetBoolean(ElementColumns + 3));

    private static ChangeRecord ToRecord(NpgsqlDataReader row, IReadOnlyList<ElementOutcome> outcomes) => new(
        new ChangeId(row.GetGuid(1)), row.GetString(2), new ElementId(row.GetGuid(3)), row.GetString(4),
        row.GetString(5), row.GetFieldValue<byte[]>(6),
        new Actor(row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8)),
        row.GetFieldValue<DateTimeOffset>(9), outcomes);

    private static ElementOutcome ToOutcome(NpgsqlDataReader row) => new(
        new ElementId(row.GetGuid(10)), (ChangeOutcome)row.GetInt16(11),
        row.IsDBNull(16) ? null : new NodeAddress(row.GetString(16), row.GetInt32(17), row.GetString(18)),
        row.GetInt32(12), row.GetFieldValue<DateTimeOffset>(13), row.IsDBNull(14) ? null : row.GetString(14),
        row.IsDBNull(15) ? null : row.GetString(15));
}
