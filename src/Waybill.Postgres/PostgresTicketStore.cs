using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresTicketStore(Listings listings, Listings lookups) : ITicketStore
{
    private const string Columns =
        "select t.key, t.id, t.workflow, t.business_key, t.accepted_at, t.ending, t.ended_at, t.result, t.reason";

    private const int ColumnCount = 9;

    private const string Select =
        $"""
        {Columns}
        from waybill.ticket t
        """;

    private const string SelectStanding =
        $"""
        {Columns}, {PostgresElementDirectory.Columns}
        from waybill.ticket t
        left join waybill.element e on e.key = t.key
        left join waybill.place p on p.key = e.key
        left join waybill.node n on n.id = e.node
        """;

    private const int PurgeLook = 10_000;

    private long purgedTo;

    public async Task<TicketRecord?> FindAsync(ElementRef element, CancellationToken cancel) =>
        (await lookups.ReadAsync(One(Select, element), ToRecord, cancel)).FirstOrDefault();

    public async Task<TicketStanding?> StandingAsync(ElementRef element, CancellationToken cancel) =>
        (await lookups.ReadAsync(One(SelectStanding, element), ToStanding, cancel)).FirstOrDefault();

    public async Task<Page<TicketRecord>> ListAsync(TicketFilter filter, PageRequest page, CancellationToken cancel) =>
        page.Cut(await listings.ReadAsync(
            Matching(Select, filter).Page("t.key", page), row => (row.GetInt64(0), ToRecord(row)), cancel));

    public Task<long> CountAsync(TicketFilter filter, CancellationToken cancel) =>
        listings.CountAsync(Matching("select count(*) from waybill.ticket t", filter), cancel);

    // In the order of their keys, which is about that of acceptance, and from the beginning again as soon as none was
    // accepted early enough: so no index has to be kept by each ending, and no pass reads the whole table.
    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, int max, CancellationToken cancel)
    {
        (int purged, long next) = (await listings.ReadAsync(
            new Query("with looked as materialized (select t.key, t.accepted_at, t.ended_at from waybill.ticket t")
                .Where("t.key > @", Arg.Long(purgedTo))
                .Then("order by t.key limit @),", Arg.Int(PurgeLook))
                .Then("old as (select t.key from waybill.ticket t where t.key in (select l.key from looked l")
                .Then("where l.ended_at < @)", Arg.Instant(endedBefore))
                .Then("order by t.key limit @ for update skip locked),", Arg.Int(max))
                .Then(
                    """
                    gone as (delete from waybill.ticket t where t.key in (select key from old) returning t.key)
                    select (select count(*) from gone)::integer,
                        case when (select count(*) from old) = $4 then (select max(key) from old)
                            when count(*) = $2 and bool_or(accepted_at < $3) then max(key) else 0 end
                    from looked
                    """),
            row => (row.GetInt32(0), row.GetInt64(1)),
            cancel))[0];
        purgedTo = next;
        return purged;
    }

    private static Query One(string select, ElementRef element) => element.Id is { } id
        ? new Query(select).Where("t.id = @", Arg.Uuid(id.Value))
        : new Query(select)
            .WhereGiven(element.Workflow, "t.workflow = @")
            .WhereGiven(element.BusinessKey, "t.business_key = @");

    private static Query Matching(string select, TicketFilter filter)
    {
        Query query = new Query(select)
            .WhereGiven(filter.Workflow, "t.workflow = @")
            .WhereGiven(filter.Ending, "t.ending = @", ending => Arg.Short((short)ending));
        return filter.HasEnded switch
        {
            true => query.Where("t.ending is not null"),
            false => query.Where("t.ending is null"),
            null => query,
        };
    }

    private static TicketStanding ToStanding(NpgsqlDataReader row) => new(
        ToRecord(row), row.IsDBNull(ColumnCount) ? null : PostgresElementDirectory.ToSummary(row, ColumnCount));

    private static TicketRecord ToRecord(NpgsqlDataReader row) => new(
        new ElementId(row.GetGuid(1)), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
        row.IsDBNull(5) ? null : (Ending)row.GetInt16(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.IsDBNull(7) ? default : row.GetFieldValue<byte[]>(7),
        row.IsDBNull(8) ? null : row.GetString(8));
}
