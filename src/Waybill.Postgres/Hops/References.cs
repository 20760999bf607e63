using Npgsql;
using Waybill.Postgres.Connections;
using Waybill.Stores;

namespace Waybill.Postgres.Hops;

/// <summary>What a reference leads to.</summary>
/// <param name="Key">
/// The key of the element, which may have ended; null when there never was one, as far as is known.
/// </param>
/// <param name="Id">The element.</param>
/// <param name="HasTicket">Whether there is a ticket.</param>
internal readonly record struct Referenced(long? Key, Guid? Id, bool HasTicket);

/// <summary>Finds the elements that are named by id or by business key.</summary>
internal sealed class References(SiteSchema schema)
{
    private readonly string resolve = schema.Place(
        """
        select coalesce(e.key, t.key), coalesce(v.id, t.id), t.key is not null
        from unnest($1::uuid[]) with ordinality v(id, n)
        left join waybill.element e on e.id = any (array[v.id])
        left join waybill.ticket t on t.id = any (array[v.id])
        order by v.n
        """);
    private readonly string resolveKeys = schema.Place(
        """
        select t.key, t.id, t.key is not null
        from unnest($1::text[], $2::text[]) with ordinality v(workflow, business_key, n)
        left join lateral (
            select * from waybill.ticket t where t.workflow = v.workflow and t.business_key = v.business_key offset 0) t
            on true
        order by v.n
        """);

    /// <summary>Looks references up, outside of any transaction: a key stays good for ever.</summary>
    public async Task<List<Referenced>> ResolveAsync(Session session, IReadOnlyList<ElementRef> references)
    {
        if (references.Count == 0)
            return [];
        ElementRef[] byId = [.. references.Where(reference => reference.Id is not null)];
        ElementRef[] byKey = [.. references.Where(reference => reference.Id is null)];
        await using NpgsqlBatch batch = session.NewBatch();
        batch.Add(resolve, Arg.Uuids([.. byId.Select(reference => reference.Id!.Value.Value)]));
        batch.Add(
            resolveKeys, Arg.Texts([.. byKey.Select(reference => StorableText.Of(reference.Workflow!))]),
            Arg.Texts([.. byKey.Select(reference => StorableText.Of(reference.BusinessKey!))]));
        Queue<Referenced> ids = new();
        Queue<Referenced> keys = new();
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        await reader.EachAsync(row => ids.Enqueue(Read(row)));
        await reader.EachAsync(row => keys.Enqueue(Read(row)));
        return [.. references.Select(reference => reference.Id is null ? keys.Dequeue() : ids.Dequeue())];
    }

    private static Referenced Read(NpgsqlDataReader row) => new(
        row.IsDBNull(0) ? null : row.GetInt64(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetBoolean(2));
}
