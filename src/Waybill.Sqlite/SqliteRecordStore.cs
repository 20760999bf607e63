using Waybill.Sqlite.Native;
using Waybill.Sqlite.Reading;
using Waybill.Sqlite.Writing;
using Waybill.Stores;

namespace Waybill.Sqlite;

internal sealed class SqliteRecordStore(Writer writer, Readers readers, TimeProvider time) : IRecordStore
{
    // A large value is as much work for the transaction that it shares with others as many rows.
    private const int BytesByWeight = 4096;

    private const string Columns = "number, kind, name, revision, created_at, changed_at, kept_until, value";

    public async Task<bool> WriteAsync(IReadOnlyList<RecordWrite> writes, CancellationToken cancel)
    {
        RecordRules.Check(writes);
        return writes.Count == 0
            || await writer.RunAsync(
                session => session.Records.Write(writes), cancel,
                weight: writes.Sum(write => 1 + ((write.Value?.Length ?? 0) / BytesByWeight)));
    }

    public async Task<IReadOnlyList<StoredRecord?>> ReadAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancel)
    {
        RecordRules.Check(keys);
        return await readers.ReadAsync(database => Read(database, keys), cancel);
    }

    public async Task<Page<StoredRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancel)
    {
        RecordRules.Check(filter);
        return await readers.ReadAsync(
            database => database.Page(
                $"SELECT {Columns} FROM stored_record", "number", Matching(filter), page, ToRecord),
            cancel);
    }

    public async Task<long> CountAsync(RecordFilter filter, CancellationToken cancel)
    {
        RecordRules.Check(filter);
        return await readers.ReadAsync(
            database =>
            {
                Conditions conditions = Matching(filter);
                return database.Number($"SELECT COUNT(*) FROM stored_record WHERE {conditions.Text}", conditions);
            },
            cancel);
    }

    public async Task<int> PurgeAsync(int max, CancellationToken cancel)
    {
        // Looked for by a reader, so that the writer is not troubled when there is nothing to do.
        List<long> over = await readers.ReadAsync(
            database =>
            {
                Conditions conditions = new Conditions().And(Now, "kept_until <= ");
                return database.All(
                    $"SELECT number FROM stored_record WHERE {conditions.Text} ORDER BY kept_until LIMIT {max}",
                    conditions, row => row.Long(0));
            },
            cancel);
        return over.Count == 0
            ? 0
            : await writer.RunAsync(session => over.Count(session.Records.Purge), cancel, weight: over.Count);
    }

    private long Now => time.GetUtcNow().ToMicroseconds();

    private StoredRecord?[] Read(Database database, IReadOnlyList<RecordKey> keys)
    {
        using Statement find = database.Prepare(
            $"SELECT {Columns} FROM stored_record WHERE kind = ?1 AND name = ?2 "
            + "AND (kept_until IS NULL OR kept_until > ?3)");
        long now = Now;
        StoredRecord?[] found = new StoredRecord?[keys.Count];
        for (int index = 0; index < found.Length; index++)
        {
            find.Bind(1, keys[index].Kind).Bind(2, keys[index].Name).Bind(3, now);
            found[index] = find.Read() ? ToRecord(find) : null;
            find.Reset();
        }

        return found;
    }

    private Conditions Matching(RecordFilter filter)
    {
        Conditions conditions = new Conditions()
            .And(filter.Kind, "kind = ")
            .And(Now, "(kept_until IS NULL OR kept_until > ", ")")
            .And(filter.CreatedFrom?.ToMicroseconds(), "created_at >= ")
            .And(filter.CreatedBefore?.ToMicroseconds(), "created_at < ");
        return string.IsNullOrEmpty(filter.NamePrefix)
            ? conditions
            : conditions.And(filter.NamePrefix, "name >= ").And(RecordRules.PrefixEnd(filter.NamePrefix), "name < ");
    }

    private static StoredRecord ToRecord(Statement row) => new(
        new RecordKey(row.Text(1), row.Text(2)), row.Bytes(7), row.Long(3), row.Long(4).ToInstant(),
        row.Long(5).ToInstant(), row.OptionalLong(6)?.ToInstant());
}
