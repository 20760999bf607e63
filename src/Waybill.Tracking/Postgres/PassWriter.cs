using System.Buffers;
using System.Text;
using Waybill.Tracking.Folding;

namespace Waybill.Tracking.Postgres;

/// <summary>Writes what a pass has changed, each table with one statement.</summary>
internal sealed class PassWriter(PostgresSession session, int site)
{
    public async Task WriteAsync(FoldScope scope, PassTallies tallies)
    {
        TrackedRow[] changed = [.. scope.Changed];
        await WriteHistoryAsync([.. changed.Where(row => row.Added.Count > 0)]);
        await InsertAsync([.. changed.Where(row => row.IsNew)]);
        await UpdateAsync([.. changed.Where(row => !row.IsNew)]);
        await WriteAttributesAsync([.. changed.Where(row => row.HasNewAttributes)]);
        if (scope.Finished.Count > 0)
        {
            await session.RunAsync(
                "insert into waybill.finished (root, at) select * from unnest($1, $2) "
                + "on conflict (root) do update set at = excluded.at",
                scope.Finished.Keys.ToArray(), scope.Finished.Values.ToArray());
        }

        await new StatisticWriter(session, site).AddAsync(tallies);
    }

    private async Task WriteHistoryAsync(TrackedRow[] rows)
    {
        if (rows.Length == 0)
            return;
        ArrayBufferWriter<byte> bytes = new();
        string[] steps = new string[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            bytes.ResetWrittenCount();
            Notes.Write(rows[i].Added, bytes);
            steps[i] = Encoding.UTF8.GetString(bytes.WrittenSpan);
        }

        await session.RunAsync(
            "insert into waybill.history (element, part, steps) select * from unnest($1, $2, $3)",
            rows.Select(row => row.Key).ToArray(), rows.Select(row => row.Parts++).ToArray(), steps);
    }

    private async Task InsertAsync(TrackedRow[] rows)
    {
        if (rows.Length == 0)
            return;
        await session.RunAsync(
            """
            insert into waybill.element (
                key, business_key, node, state, hop, since, arrived_at, accepted_at, ending, ended_at, batch, is_hidden,
                open, parts, subject, attributes, personal, id, root, parent, site)
            select *, $21 from unnest(
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
            """,
            [
                .. Columns(rows), rows.Select(row => row.Id.Value).ToArray(), rows.Select(row => row.Root).ToArray(),
                rows.Select(row => row.Parent).ToArray(), site,
            ]);
    }

    private async Task UpdateAsync(TrackedRow[] rows)
    {
        if (rows.Length == 0)
            return;
        await session.RunAsync(
            """
            update waybill.element e set
                business_key = n.business_key, node = n.node, state = n.state, hop = n.hop, since = n.since,
                arrived_at = n.arrived_at, accepted_at = n.accepted_at, ending = n.ending, ended_at = n.ended_at,
                batch = n.batch, is_hidden = n.is_hidden, open = n.open, parts = n.parts, subject = n.subject,
                attributes = n.attributes, personal = n.personal
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as n (
                key, business_key, node, state, hop, since, arrived_at, accepted_at, ending, ended_at, batch, is_hidden,
                open, parts, subject, attributes, personal)
            where e.key = n.key
            """,
            Columns(rows));
    }

    private static object[] Columns(TrackedRow[] rows) =>
    [
        rows.Select(row => row.Key).ToArray(),
        rows.Select(row => row.BusinessKey).ToArray(),
        rows.Select(row => row.Node).ToArray(),
        rows.Select(row => (int)row.State).ToArray(),
        rows.Select(row => row.Hop).ToArray(),
        rows.Select(row => row.Since).ToArray(),
        rows.Select(row => row.ArrivedAt).ToArray(),
        rows.Select(row => row.AcceptedAt).ToArray(),
        rows.Select(row => row.Ending).ToArray(),
        rows.Select(row => row.EndedAt).ToArray(),
        rows.Select(row => row.Batch?.Value).ToArray(),
        rows.Select(row => row.IsHidden).ToArray(),
        rows.Select(row => row.Open).ToArray(),
        rows.Select(row => row.Parts).ToArray(),
        rows.Select(row => row.Subject).ToArray(),
        rows.Select(row => row.Attributes).ToArray(),
        rows.Select(row => row.Personal).ToArray(),
    ];

    private async Task WriteAttributesAsync(TrackedRow[] rows)
    {
        if (rows.Length == 0)
            return;
        (string Name, string Value, long Key)[] all =
            [.. rows.SelectMany(row => Attributes.Searchable(row.Attributes).Select(a => (a.Name, a.Value, row.Key)))];
        await session.RunAsync(
            "delete from waybill.attribute where element = any($1)",
            rows.Where(row => row.ReplacedAttributes is not null).Select(row => row.Key).ToArray());
        await session.RunAsync(
            "insert into waybill.attribute (name, value, element) select * from unnest($1, $2, $3) "
            + "on conflict do nothing",
            all.Select(a => a.Name).ToArray(), all.Select(a => a.Value).ToArray(), all.Select(a => a.Key).ToArray());
    }
}
