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
        select j.era, j.tx, j.n, j.at, j.kind, j.element, j.hop, n.workflow, n.version, n.node, j.worked, j.detail
        from waybill.journal j join waybill.node n on n.id = j.node
        """;

    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(
        JournalPosition after, int max, CancellationToken cancel) =>
        await listings.ReadAsync(
            new Query(Select)
                .Where("(j.era, j.tx, j.n) > (@", Arg.Short((short)(after.Transaction >> TransactionBits)))
                .Then(", @", Arg.Position((ulong)after.Transaction & ((1UL << TransactionBits) - 1)))
                .Then(", @)", Arg.Int(after.Number))
                .Where(IsSettled)
                .Then("order by j.era, j.tx, j.n limit @", Arg.Int(max)),
            ToEntry,
            cancel);

    public async Task<IReadOnlyList<JournalEntry>> HistoryAsync(ElementId element, int max, CancellationToken cancel) =>
        await listings.ReadAsync(
            new Query(Select)
                .Where("j.element = @", Arg.Uuid(element.Value))
                .Then("order by j.era, j.tx, j.n limit @", Arg.Int(max)),
            ToEntry,
            cancel);

    public Task<long> CountAsync(CancellationToken cancel) =>
        listings.CountAsync(new Query("select count(*) from waybill.journal"), cancel);

    public Task<int> TrimAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
        listings.WriteAsync(
            new Query("delete from waybill.journal")
                .Then("where (era, tx, n) in (select j.era, j.tx, j.n from")
                .Then("(select * from waybill.journal order by era, tx, n limit @) j", Arg.Int(max))
                .Where("j.at < @", Arg.Instant(before))
                .Where(IsSettled)
                .Then(")"),
            cancel);

    // Rows of an earlier era came with a restored backup; nothing is added to them.
    private const string IsSettled =
        "(j.tx < pg_snapshot_xmin(pg_current_snapshot()) or j.era < (select era from waybill.journal_era))";

    private static JournalEntry ToEntry(NpgsqlDataReader row) => new(
        new JournalPosition(
            ((long)row.GetInt16(0) << TransactionBits) | (long)row.GetFieldValue<ulong>(1), row.GetInt32(2)),
        row.GetFieldValue<DateTimeOffset>(3), (JournalKind)row.GetInt16(4), new ElementId(row.GetGuid(5)),
        row.GetInt32(6),
        new NodeAddress(row.GetString(7), row.GetInt32(8), row.GetString(9)),
        TimeSpan.FromMicroseconds(row.GetInt64(10)), row.IsDBNull(11) ? null : row.GetString(11));
}
