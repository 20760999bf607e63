using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresElementDirectory(Listings listings, Listings lookups) : IElementDirectory
{
    /// <summary>What <see cref="ToDetails"/> reads, from <see cref="From"/>.</summary>
    internal const string Details =
        $"""
        {Columns}, e.data, p.due, p.signal, p.pending, e.revision,
            (select b.id from waybill.element b where b.key = p.batch)
        """;

    /// <summary>How many columns that are.</summary>
    internal const int DetailsCount = 18;

    internal const string From =
        """
        from waybill.element e
        join waybill.place p on p.key = e.key
        join waybill.node n on n.id = e.node
        """;

    /// <summary>What <see cref="ToSummary"/> reads.</summary>
    internal const string Columns =
        """
        e.key, e.id, e.business_key, n.workflow, n.version, n.node, p.state, e.hop, e.accepted_at, e.moved_at,
        e.caller_id, p.cancel = 1
        """;

    public async Task<ElementDetails?> FindAsync(ElementRef element, CancellationToken cancel)
    {
        Query query = new($"select {Details} {From}");
        if (element.Id is { } id)
        {
            query.Where("e.id = @", Arg.Uuid(id.Value));
        }
        else
        {
            query.Then("join waybill.ticket t on t.key = e.key");
            query.WhereGiven(element.Workflow, "t.workflow = @").WhereGiven(element.BusinessKey, "t.business_key = @");
        }

        return (await lookups.ReadAsync(query, ToDetails, cancel)).FirstOrDefault();
    }

    public async Task<Page<ElementSummary>> ListAsync(
        ElementFilter filter, PageRequest page, CancellationToken cancel) =>
        page.Cut(await listings.ReadAsync(
            Matching($"select {Columns}", filter).Page("e.key", page),
            row => (row.GetInt64(0), ToSummary(row)),
            cancel));

    public Task<long> CountAsync(ElementFilter filter, CancellationToken cancel) =>
        listings.CountAsync(Matching("select count(*)", filter), cancel);

    public async Task<IReadOnlyList<NodeCount>> CountByNodeAsync(ElementFilter filter, CancellationToken cancel) =>
        await listings.ReadAsync(
            Matching("select n.workflow, n.version, n.node, p.state, count(*)", filter)
                .Then("group by n.workflow, n.version, n.node, p.state"),
            row => new NodeCount(
                new NodeAddress(row.GetString(0), row.GetInt32(1), row.GetString(2)),
                (ElementState)row.GetInt16(3), row.GetInt64(4)),
            cancel);

    private static Query Matching(string select, ElementFilter filter) => new Query($"{select} {From}")
        .WhereGiven(filter.Workflow, "n.workflow = @")
        .WhereGiven(filter.Version, "n.version = @", Arg.Int)
        .WhereGiven(filter.Node, "n.node = @")
        .WhereGiven(filter.State, "p.state = @", state => Arg.Short((short)state))
        .WhereGiven(filter.BusinessKey, "e.business_key = @")
        .WhereGiven(filter.Caller, "e.caller_id = @", caller => Arg.Uuid(caller.Value))
        .WhereGiven(
            filter.Batch, "p.batch = (select b.key from waybill.element b where b.id = @)",
            batch => Arg.Uuid(batch.Value))
        .WhereGiven(filter.AcceptedBefore, "e.accepted_at < @", Arg.Instant);

    internal static ElementSummary ToSummary(NpgsqlDataReader row, int at = 0) => new(
        new ElementId(row.GetGuid(at + 1)), row.GetString(at + 2),
        new NodeAddress(row.GetString(at + 3), row.GetInt32(at + 4), row.GetString(at + 5)),
        (ElementState)row.GetInt16(at + 6), row.GetInt32(at + 7),
        row.GetFieldValue<DateTimeOffset>(at + 8), row.GetFieldValue<DateTimeOffset>(at + 9),
        row.IsDBNull(at + 10) ? null : new ElementId(row.GetGuid(at + 10)), row.GetBoolean(at + 11));

    internal static ElementDetails ToDetails(NpgsqlDataReader row) => new(
        row.GetInt64(0), ToSummary(row), row.GetFieldValue<byte[]>(12),
        row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13),
        row.IsDBNull(14) ? null : row.GetString(14), row.GetInt32(15))
    {
        Revision = row.GetInt32(16),
        Batch = row.IsDBNull(17) ? null : new ElementId(row.GetGuid(17)),
    };
}
