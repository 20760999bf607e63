using Npgsql;
using Waybill.Postgres.Connections;

namespace Waybill.Postgres.Ledger;

/// <summary>Writes what a transaction has decided about marks and outcomes.</summary>
internal sealed class LedgerWriter(SiteSchema schema)
{
    private readonly string deleteMarks = schema.Place(
        """
        delete from waybill.change_mark m using unnest($1::bigint[], $2::bigint[]) v(key, change)
        where m.key = any (array[v.key]) and m.change = any (array[v.change])
        """);
    private readonly string writeMarks = schema.Place(
        """
        insert into waybill.change_mark (key, change, until, is_concerned, answered_hop, answered_revision)
        select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::boolean[], $5::integer[], $6::integer[])
        on conflict (key, change) do update
        set answered_hop = excluded.answered_hop, answered_revision = excluded.answered_revision
        """);
    private readonly string deleteOutcomes = schema.Place(
        """
        delete from waybill.change_outcome o using unnest($1::bigint[], $2::uuid[]) v(change, element)
        where o.change = any (array[v.change]) and o.element = any (array[v.element])
        """);
    private readonly string writeOutcomes = schema.Place(
        """
        insert into waybill.change_outcome (at, change, element, outcome, node, hop, reason, difference)
        select now(), change, element, outcome, node, hop, reason, difference
        from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::integer[], $5::integer[], $6::text[], $7::text[])
            with ordinality v(change, element, outcome, node, hop, reason, difference, n)
        order by n
        on conflict (change, element) do update
        set at = excluded.at, outcome = excluded.outcome, node = excluded.node, hop = excluded.hop,
            reason = excluded.reason, difference = excluded.difference
        """);

    public void Add(NpgsqlBatch batch, BoardLedger ledger)
    {
        List<MarkRow> gone = [.. ledger.Gone];
        if (gone.Count > 0)
        {
            batch.Add(
                deleteMarks, Arg.Longs([.. gone.Select(row => row.Place.Key)]),
                Arg.Longs([.. gone.Select(row => row.Change)]));
        }

        List<MarkRow> written = [.. ledger.Written];
        if (written.Count > 0)
        {
            batch.Add(
                writeMarks, Arg.Longs([.. written.Select(row => row.Place.Key)]),
                Arg.Longs([.. written.Select(row => row.Change)]),
                Arg.Instants([.. written.Select(row => row.Mark!.Request.Until)]),
                Arg.Booleans([.. written.Select(row => row.Mark!.IsConcerned)]),
                Arg.Ints([.. written.Select(row => row.AnsweredAt?.Hop)]),
                Arg.Ints([.. written.Select(row => row.AnsweredAt?.Revision)]));
        }

        if (ledger.NoOutcomes.Count > 0)
        {
            batch.Add(
                deleteOutcomes, Arg.Longs([.. ledger.NoOutcomes.Select(row => row.Change)]),
                Arg.Uuids([.. ledger.NoOutcomes.Select(row => row.Element)]));
        }

        if (ledger.Outcomes.Count > 0)
            AddOutcomes(batch, ledger.Outcomes);
    }

    private void AddOutcomes(NpgsqlBatch batch, List<OutcomeRow> rows) => batch.Add(
        writeOutcomes,
        Arg.Longs([.. rows.Select(row => row.Change)]),
        Arg.Uuids([.. rows.Select(row => row.Element)]),
        Arg.Shorts([.. rows.Select(row => (short)row.Outcome)]),
        Arg.Ints([.. rows.Select(row => row.Node)]),
        Arg.Ints([.. rows.Select(row => row.Hop)]),
        Arg.OptionalTexts([.. rows.Select(row => StorableText.OrNull(row.Reason))]),
        Arg.OptionalTexts([.. rows.Select(row => StorableText.OrNull(row.Difference))]));
}
