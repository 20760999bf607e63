using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Hops;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresSidelinedStore(Listings listings, PostgresElementStore elements) : ISidelinedStore
{
    private const string From =
        """
        from waybill.sidelined s
        join waybill.element e on e.key = s.key
        join waybill.node n on n.id = s.node
        """;

    public async Task<Page<SidelinedElement>> ListAsync(
        SidelinedFilter filter, PageRequest page, CancellationToken cancel) =>
        page.Cut(await listings.ReadAsync(
            Matching(
                """
                select e.key, e.id, e.business_key, n.workflow, n.version, n.node, e.hop, s.at, s.type, s.message,
                    s.stack, s.at_node, s.attempts, e.data, e.caller_key, e.caller_id, e.caller_hop, e.caller_slot,
                    e.revision, (select p.order_key from waybill.place p where p.key = e.key),
                    e.failure
                """,
                filter).Page("e.key", page),
            row => (row.GetInt64(0), ToElement(row)),
            cancel));

    public Task<long> CountAsync(SidelinedFilter filter, CancellationToken cancel) =>
        listings.CountAsync(Matching("select count(*)", filter), cancel);

    public async Task<IReadOnlyList<SidelinedGroup>> GroupAsync(SidelinedFilter filter, CancellationToken cancel) =>
        await listings.ReadAsync(
            Matching(
                "select n.workflow, n.version, n.node, s.type, left(s.message, 200), count(*), min(s.at), max(s.at)",
                filter)
                .Then("group by 1, 2, 3, 4, 5 order by 6 desc, min(e.key) limit 1000"),
            row => new SidelinedGroup(
                new NodeAddress(row.GetString(0), row.GetInt32(1), row.GetString(2)), row.GetString(3),
                row.GetString(4),
                row.GetInt64(5), row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7)),
            cancel);

    public Task<IReadOnlyList<HopOutcome>> ActAsync(IReadOnlyList<Hop> hops, CancellationToken cancel) =>
        elements.ActAsync(hops, ElementState.Sidelined, cancel);

    private static Query Matching(string select, SidelinedFilter filter) => new Query($"{select} {From}")
        .WhereGiven(filter.Id, "e.id = @", id => Arg.Uuid(id.Value))
        .WhereGiven(filter.Workflow, "n.workflow = @")
        .WhereGiven(filter.Node, "n.node = @")
        .WhereGiven(filter.FailureType, "s.type = @")
        .WhereGiven(filter.MessagePart, "strpos(s.message, @) > 0")
        .WhereGiven(filter.SidelinedBefore, "s.at < @", Arg.Instant);

    private static SidelinedElement ToElement(NpgsqlDataReader row) => new(
        row.GetInt64(0), new ElementId(row.GetGuid(1)), row.GetString(2),
        new NodeAddress(row.GetString(3), row.GetInt32(4), row.GetString(5)), row.GetInt32(6),
        row.GetFieldValue<DateTimeOffset>(7),
        new Failure(
            row.GetString(8), row.GetString(9), row.IsDBNull(10) ? null : row.GetString(10), row.GetString(11),
            row.GetInt32(12)),
        Place.ReadCaller(row, 14), row.GetFieldValue<byte[]>(13))
    {
        Revision = row.GetInt32(18),
        OrderKey = row.IsDBNull(19) ? null : row.GetString(19),
        BroughtFailure = row.IsDBNull(20) ? null : row.GetString(20),
    };
}
