using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Postgres.Recording;
using Waybill.Stores;

namespace Waybill.Postgres;

internal sealed class PostgresRecordStore(Listings listings) : IRecordStore
{
    private const string Columns =
        "r.number, r.kind, r.name, r.revision, r.created_at, r.changed_at, r.kept_until, r.value";

    private const string IsKept = "(r.kept_until is null or r.kept_until > now())";

    public async Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel)
    {
        RecordRules.Check(writes);
        return writes.Count == 0 || await new RecordBatch(writes).WriteAsync(listings, cancel);
    }

    public async Task<IReadOnlyList<StoredRecord?>> ReadAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancel)
    {
        RecordRules.Check(keys);
        Query query = new Query($"select k.n, {Columns} from unnest(")
            .Then("@::text[]", Arg.Texts([.. keys.Select(key => key.Kind)]))
            .Then(", @::text[]) with ordinality k (kind, name, n)", Arg.Texts([.. keys.Select(key => key.Name)]))
            .Then("join waybill.stored_record r on r.kind = k.kind and r.name = k.name")
            .Where(IsKept);
        StoredRecord?[] found = new StoredRecord?[keys.Count];
        foreach ((long n, StoredRecord record) in await listings.ReadAsync(
            query, row => (row.GetInt64(0), ToRecord(row, 1)), cancel))
            found[n - 1] = record;
        return found;
    }

    public async Task<Page<StoredRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancel)
    {
        RecordRules.Check(filter);
        return page.Cut(await listings.ReadAsync(
            Matching($"select {Columns}", filter).Page("r.number", page), row => (row.GetInt64(0), ToRecord(row, 0)),
            cancel));
    }

    public async Task<long> CountAsync(RecordFilter filter, CancellationToken cancel)
    {
        RecordRules.Check(filter);
        return await listings.CountAsync(Matching("select count(*)", filter), cancel);
    }

    // Those that somebody writes at this moment are left alone: they may be about to be kept for longer.
    public Task<int> PurgeAsync(int max, CancellationToken cancel) =>
        listings.WriteAsync(
            new Query(
                """
                with over as (
                    select r.kind, r.name from waybill.stored_record r where r.kept_until <= now()
                """)
                .Then("order by r.kept_until limit @ for update skip locked)", Arg.Int(max))
                .Then("delete from waybill.stored_record r using over")
                .Then("where r.kind = over.kind and r.name = over.name and r.kept_until <= now()"),
            cancel);

    private static Query Matching(string select, RecordFilter filter)
    {
        Query query = new Query($"{select} from waybill.stored_record r")
            .Where("r.kind = @", Arg.Text(filter.Kind))
            .Where(IsKept)
            .WhereGiven(filter.CreatedFrom, "r.created_at >= @", Arg.Instant)
            .WhereGiven(filter.CreatedBefore, "r.created_at < @", Arg.Instant);
        return string.IsNullOrEmpty(filter.NamePrefix)
            ? query
            : query.WhereGiven(filter.NamePrefix, "r.name >= @")
                .WhereGiven(RecordRules.PrefixEnd(filter.NamePrefix), "r.name < @");
    }

    private static StoredRecord ToRecord(NpgsqlDataReader row, int first) => new(
        new RecordKey(row.GetString(first + 1), row.GetString(first + 2)), row.GetFieldValue<byte[]>(first + 7),
        row.GetInt64(first + 3), row.GetFieldValue<DateTimeOffset>(first + 4),
        row.GetFieldValue<DateTimeOffset>(first + 5),
        row.IsDBNull(first + 6) ? null : row.GetFieldValue<DateTimeOffset>(first + 6));
}
