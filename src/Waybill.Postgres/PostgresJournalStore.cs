using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres;

/// <summary>
/// Reads the journal below the oldest transaction in progress: all rows of transactions below it are there, and none
/// can come any more, so that a cursor misses nothing.
/// </summary>
internal sealed class PostgresJournalStore(Listings listings) : IJournalStore
{
    // A position's transaction is the era in the upper 16 bits and the cluster's 64-bit transaction number, which takes
    // centuries to grow beyond 48 bits, in the rest.
    private const int TransactionBits = 48;

    private const string Select =
        """
        select j.era, j.tx, j.n, j.at, j.kind, j.element, j.hop, n.workflow, n.version, n.node, j.worked, j.detail,
            j.facts
        from waybill.journal j join waybill.node n on n.id = j.node
        """;

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(
        JournalPosition after, int max, CancellationToken cancel) =>
        await listings.ReadAsync(
            After(new Query(Select), after)
                .Where(IsSettled)
                .Then("order by j.era, j.tx, j.n limit @", Arg.Int(max)),
            ToEntry,
            cancel);

    public async Task<JournalPosition> EndAsync(CancellationToken cancel) =>
        (await listings.ReadAsync(
            new Query("select j.era, j.tx, j.n from waybill.journal j")
                .Where(IsSettled)
                .Then("order by j.era desc, j.tx desc, j.n desc limit 1"),
            row => ToPosition(row, 0),
            cancel)).FirstOrDefault();

    public async Task<HistoryPage> HistoryAsync(
        HistoryFilter filter, HistoryPageRequest page, CancellationToken cancel)
    {
        (string beyond, string order) = page.NewestFirst ? ("<", "desc") : (">", "asc");
        Query query = Of(new Query(Select), filter);
        if (page.After is { } after)
            query = Beyond(query, beyond, after);
        return HistoryPage.Cut(
            await listings.ReadAsync(
                query.Then($"order by j.era {order}, j.tx {order}, j.n {order} limit @", Arg.Int(page.Size + 1)),
                ToEntry,
                cancel),
            page.Size);
    }

    public Task<long> CountHistoryAsync(HistoryFilter filter, CancellationToken cancel) =>
        listings.CountAsync(Of(new Query("select count(*) from waybill.journal j"), filter), cancel);

    public Task<long> CountAsync(CancellationToken cancel) =>
        listings.CountAsync(new Query("select count(*) from waybill.journal"), cancel);

    public async Task<JournalPosition> OpenReaderAsync(string reader, CancellationToken cancel) =>
        (await listings.ReadAsync(
            new Query("with opened as (insert into waybill.journal_reader (name, since)")
                .Then("values (@, now())", Arg.Text(StorableText.Of(reader)))
                .Then(
                    """
                    on conflict (name) do nothing returning era, tx, n)
                    select era, tx, n from opened union all
                    select era, tx, n from waybill.journal_reader where name = $1
                    """),
            row => ToPosition(row, 0),
            cancel)).FirstOrDefault();

    public Task AcknowledgeAsync(string reader, JournalPosition position, CancellationToken cancel) =>
        listings.WriteAsync(
            new Query("update waybill.journal_reader")
                .Then("set era = @", Arg.Short(Era(position)))
                .Then(", tx = @", Arg.Position(Number(position)))
                .Then(", n = @", Arg.Int(position.Number))
                .Where("name = @", Arg.Text(StorableText.Of(reader)))
                .Where("(era, tx, n) < ($1, $2, $3)"),
            cancel);

    public async Task<IReadOnlyList<JournalReader>> ReadersAsync(CancellationToken cancel) =>
        await listings.ReadAsync(
            new Query("select era, tx, n, name, since from waybill.journal_reader order by name collate \"C\""),
            row => new JournalReader(row.GetString(3), ToPosition(row, 0), row.GetFieldValue<DateTimeOffset>(4)),
            cancel);

    public Task RemoveReaderAsync(string reader, CancellationToken cancel) =>
        listings.WriteAsync(
            new Query("delete from waybill.journal_reader").Where("name = @", Arg.Text(StorableText.Of(reader))),
            cancel);

    public Task<long> CountAfterAsync(JournalPosition after, CancellationToken cancel) =>
        listings.CountAsync(
            After(new Query("select count(*) from waybill.journal j"), after).Where(IsSettled), cancel);

    public Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
        listings.WriteAsync(
            new Query("delete from waybill.journal")
                .Then("where (era, tx, n) in (select j.era, j.tx, j.n from")
                .Then("(select * from waybill.journal order by era, tx, n limit @) j", Arg.Int(max))
                .Where("j.at < @", Arg.Instant(before))
                .Where(IsSettled)
                .Where(
                    """
                    not exists (
                        select 1 from waybill.journal_reader r where (r.era, r.tx, r.n) < (j.era, j.tx, j.n))
                    """)
                .Then(")"),
            cancel);

    // Rows of an earlier era came with a restored backup; nothing is added to them.
    private const string IsSettled =
        "(j.tx < pg_snapshot_xmin(pg_current_snapshot()) or j.era < (select era from waybill.journal_era))";

    private static short Era(JournalPosition position) => (short)(position.Transaction >> TransactionBits);

    private static ulong Number(JournalPosition position) =>
        (ulong)position.Transaction & ((1UL << TransactionBits) - 1);

    private static JournalPosition ToPosition(NpgsqlDataReader row, int first) => new(
        ((long)row.GetInt16(first) << TransactionBits) | (long)row.GetFieldValue<ulong>(first + 1),
        row.GetInt32(first + 2));

    private static Query After(Query query, JournalPosition after) => Beyond(query, ">", after);

    private static Query Beyond(Query query, string comparison, JournalPosition position) => query
        .Where($"(j.era, j.tx, j.n) {comparison} (@", Arg.Short(Era(position)))
        .Then(", @", Arg.Position(Number(position)))
        .Then(", @)", Arg.Int(position.Number));

    private static Query Of(Query query, HistoryFilter filter) => query
        .Where("j.element = @", Arg.Uuid(filter.Element.Value))
        .WhereGiven(filter.Kind, "j.kind = @", kind => Arg.Short((short)kind));

    private static JournalEntry ToEntry(NpgsqlDataReader row) => new(
        ToPosition(row, 0),
        row.GetFieldValue<DateTimeOffset>(3), (JournalKind)row.GetInt16(4), new ElementId(row.GetGuid(5)),
        row.GetInt32(6),
        new NodeAddress(row.GetString(7), row.GetInt32(8), row.GetString(9)),
        TimeSpan.FromMicroseconds(row.GetInt64(10)), row.IsDBNull(11) ? null : row.GetString(11))
    {
        Facts = row.IsDBNull(12) ? null : row.GetString(12),
    };
}
