using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Recording;

/// <summary>Records that are written together.</summary>
/// <remarks>
/// One statement writes all of them in the order of their keys, those to delete as well, and so locks each key, whether
/// or not there is a record yet: two batches wait for each other, and never in a circle. It leaves out those whose
/// condition does not hold by then; if it left out any, nothing is committed.
/// </remarks>
internal sealed class RecordBatch(IReadOnlyList<RecordWrite> writes)
{
    private const long Any = -1;

    // A number is drawn anew for each record that is overwritten, when its lock is held: so revisions of one record
    // grow whoever waited for whom.
    private const string Upsert =
        """
        with draw (base) as materialized (select nextval('waybill.record_draw') * 1024)
        insert into waybill.stored_record as r
            (kind, name, number, revision, created_at, changed_at, kept_until, value)
        select kind, name, base + n - 1, base + n - 1, now(), now(), now() + kept * interval '1 microsecond', value
        from draw, unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[])
            with ordinality given (kind, name, kept, value, n)
        order by kind collate "C", name collate "C"
        on conflict (kind, name) do update set
            (number, revision, created_at, changed_at, kept_until, value) = (
                select case when k.is_kept then r.number else d.drawn end, d.drawn,
                    case when k.is_kept then r.created_at else now() end, now(), excluded.kept_until, excluded.value
                from (select nextval('waybill.record_draw') * 1024 + excluded.number % 1024) d (drawn),
                    (select r.kept_until is null or r.kept_until > now()) k (is_kept))
        where ($5::bigint[])[excluded.number % 1024 + 1] in (
            -1, case when r.kept_until is null or r.kept_until > now() then r.revision else 0 end)
        returning (r.revision % 1024)::integer, r.number = r.revision
        """;

    private const string Delete =
        """
        delete from waybill.stored_record r
        using unnest($1::text[], $2::text[]) given (kind, name)
        where r.kind = given.kind and r.name = given.name
        """;

    /// <summary>Writes them in one transaction.</summary>
    /// <returns>False when a condition does not hold; then nothing was written.</returns>
    public Task<bool> WriteAsync(Listings listings, CancellationToken cancel) =>
        listings.TransactAsync(
            async (connection, schema) =>
            {
                if (!await UpsertAsync(connection, schema.Place(Upsert), cancel))
                    return false;
                await DeleteAsync(connection, schema.Place(Delete), cancel);
                return true;
            },
            cancel);

    private async Task<bool> UpsertAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(sql, connection);
        command.Parameters.Add(Arg.Texts([.. writes.Select(write => write.Key.Kind)]));
        command.Parameters.Add(Arg.Texts([.. writes.Select(write => write.Key.Name)]));
        command.Parameters.Add(Arg.Longs(
            [.. writes.Select(write => write.KeepFor?.Ticks / TimeSpan.TicksPerMicrosecond)]));
        command.Parameters.Add(Arg.Bytes([.. writes.Select(write => write.Value ?? default)]));
        command.Parameters.Add(Arg.Longs([.. writes.Select(write => write.Expected ?? Any)]));
        int written = 0;
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            bool isNew = row.GetBoolean(1);
            if (isNew && writes[row.GetInt32(0)].Expected > 0)
                return false;
            written++;
        }

        return written == writes.Count;
    }

    private async Task DeleteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        RecordKey[] keys = [.. writes.Where(write => write.Value is null).Select(write => write.Key)];
        if (keys.Length == 0)
            return;
        await using NpgsqlCommand command = new(sql, connection);
        command.Parameters.Add(Arg.Texts([.. keys.Select(key => key.Kind)]));
        command.Parameters.Add(Arg.Texts([.. keys.Select(key => key.Name)]));
        await command.ExecuteNonQueryAsync(cancel);
    }
}
